// Package config reads the program's configuration from flags and environment
// into one checked value.
//
// A flag beats its environment variable, which beats the default. Load refuses a
// value that makes no sense and names every wrong one at once; the program never
// starts half-configured. Secrets never show in logs, help or errors.
//
// The package does not open anything.
package config

import (
	"encoding"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/go-playground/validator/v10"
)

// Secret is a text that never shows itself.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// MarshalText hides the secret from every encoder and logger.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the secret as it is.
func (s *Secret) UnmarshalText(b []byte) error { *s = Secret(b); return nil }

// Reveal returns the secret for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// Config is everything an operator can set. The comment of a field is its `doc`
// tag, in Ukrainian and English around " | "; README's table is made of them.
type Config struct {
	Listen      string `env:"OSVITLO_LISTEN" flag:"listen" envDefault:"127.0.0.1:8080" validate:"hostport" doc:"адреса сайту | address of the site"`
	AdminListen string `env:"OSVITLO_ADMIN_LISTEN" flag:"admin-listen" envDefault:"127.0.0.1:8081" validate:"hostport" doc:"адреса для оператора: метрики, стан, pprof | operator's address: metrics, health, pprof"`
	PublicURL   string `env:"OSVITLO_PUBLIC_URL" flag:"public-url" validate:"omitempty,http_url" doc:"адреса сайту, яку бачать люди | the site's address as people see it"`
	Data        string `env:"OSVITLO_DATA" flag:"data" envDefault:"./data" validate:"required" doc:"тека з даними | data folder"`

	Demo       bool  `env:"OSVITLO_DEMO" flag:"demo" doc:"демонстраційне місто, вигадані дані | demo city, invented data"`
	DemoPeople int   `env:"OSVITLO_DEMO_PEOPLE" flag:"demo-people" envDefault:"1500" validate:"min=0,max=2000000" doc:"скільки людей у демонстраційному місті | people in the demo city"`
	DemoSeed   int64 `env:"OSVITLO_DEMO_SEED" flag:"demo-seed" envDefault:"1" doc:"зерно демонстраційного міста | seed of the demo city"`

	City City `envPrefix:"OSVITLO_CITY_"`
	Wave Wave `envPrefix:"OSVITLO_WAVE_"`

	Admission string `env:"OSVITLO_ADMISSION" flag:"admission" validate:"omitempty,oneof=open guarded" doc:"приймання відкритих відповідей: open або guarded; без значення — open у демонстрації, інакше guarded | admission of open answers: open or guarded; empty means open in demo, otherwise guarded"`
	Secret    Secret `env:"OSVITLO_SECRET" validate:"omitempty,min=32" doc:"ключ для підписів і кодів, від 32 знаків; без нього створюється в теці даних | key for codes and signatures, 32 characters or more; made in the data folder if absent"`

	Keys   Secret   `env:"OSVITLO_KEYS" doc:"ключі, якими запечатано імена й телефони: id:base64 через кому, перший запечатує; новий друкує «osvitlo keys new»; без них працює лише демонстрація | keys that seal names and phones: id:base64, comma-separated, the first one seals; \"osvitlo keys new\" prints one; only the demo works without"`
	Venues []string `env:"OSVITLO_VENUES" envSeparator:";" doc:"місця, де працюють ментори: id=назва через крапку з комою, напр. lib-1=Бібліотека № 1 | venues where mentors work: id=name, semicolon-separated"`

	Proctored bool   `env:"OSVITLO_CERTIFICATE_PROCTORED" envDefault:"true" doc:"тест для сертифіката рівня лише з ментором поруч | a test for a certificate of a level only with a mentor watching"`
	LevelFrom string `env:"OSVITLO_CERTIFICATE_FROM" envDefault:"A2" validate:"oneof=A1 A2 B1 B2 C1 C2" doc:"найнижчий рівень, який підтверджує сертифікат; нижче видається довідка про участь | the lowest level that a certificate confirms; below it, taking part is confirmed"`

	Mail   Mail   `envPrefix:"OSVITLO_SMTP_"`
	SMS    SMS    `envPrefix:"OSVITLO_SMS_"`
	Staff  OIDC   `envPrefix:"OSVITLO_OIDC_STAFF_"`
	People OIDC   `envPrefix:"OSVITLO_OIDC_PEOPLE_"`
	Notice Notice `envPrefix:"OSVITLO_NOTICE_"`

	MongoURI      Secret `env:"MONGODB_URI" doc:"адреса MongoDB; без неї працює вбудований файл SQLite | MongoDB address; without it the embedded SQLite file works"`
	MongoDatabase string `env:"MONGODB_DATABASE" envDefault:"osvitlo" validate:"required,alphanum,max=60" doc:"назва бази в MongoDB | database name in MongoDB"`

	S3Endpoint  string `env:"S3_ENDPOINT" validate:"omitempty,hostport" doc:"адреса MinIO або S3 (host:port); без неї файли лежать у теці даних | MinIO or S3 address (host:port); without it media lie in the data folder"`
	S3Bucket    string `env:"S3_BUCKET" envDefault:"osvitlo" validate:"required,min=3,max=63" doc:"кошик для файлів | bucket for media"`
	S3Region    string `env:"S3_REGION" envDefault:"us-east-1" doc:"регіон S3 | S3 region"`
	S3AccessKey Secret `env:"S3_ACCESS_KEY" doc:"ключ доступу S3 | S3 access key"`
	S3SecretKey Secret `env:"S3_SECRET_KEY" doc:"таємний ключ S3 | S3 secret key"`
	S3TLS       bool   `env:"S3_TLS" envDefault:"true" doc:"чи ходити до S3 через TLS | use TLS to reach S3"`

	S3Public string `env:"S3_PUBLIC_URL" validate:"omitempty,http_url" doc:"адреса MinIO або S3 для читачів; з нею файли йдуть прямо звідти | address of MinIO or S3 as readers reach it; with it files come straight from there"`
	ClamAV   string `env:"OSVITLO_CLAMAV" doc:"адреса ClamAV (clamd): host:port або шлях сокета; без неї файли на віруси не перевіряються | address of ClamAV (clamd): host:port or path of its socket; without it files are not scanned for viruses"`

	PackageURL string `env:"OSVITLO_PACKAGE_URL" validate:"omitempty,http_url" doc:"окрема адреса для вправ інших програм, що веде на цей самий сервер; без неї вони на адресі сайту в закритій рамці | address of its own for exercises of other programs, leading to this same server; without it they stand at the site's address in a closed frame"`
	H5PPlayer  string `env:"OSVITLO_H5P_PLAYER" doc:"тека програвача H5P (dist пакета h5p-standalone); без неї вправи H5P не показуються | folder of the H5P player (dist of h5p-standalone); without it H5P exercises are not shown"`
	LRS        LRS    `envPrefix:"OSVITLO_LRS_"`

	Map Map `envPrefix:""`

	Events Events `envPrefix:"OSVITLO_EVENTS_"`
	Mark   Mark   `envPrefix:"OSVITLO_EMPLOYER_"`

	TrustedProxies []netip.Prefix `env:"OSVITLO_TRUSTED_PROXIES" doc:"мережі проксі, яким віримо щодо адреси й протоколу, через кому | proxies whose forwarding headers are believed, comma-separated networks"`

	LogLevel        string        `env:"OSVITLO_LOG_LEVEL" flag:"log-level" envDefault:"info" validate:"oneof=debug info warn error" doc:"докладність журналу: debug, info, warn, error | log level"`
	ReadHeaderLimit time.Duration `env:"OSVITLO_READ_HEADER_TIMEOUT" envDefault:"10s" validate:"min=100ms,max=5m" doc:"скільки чекати на заголовки | time to read the headers"`
	ReadLimit       time.Duration `env:"OSVITLO_READ_TIMEOUT" envDefault:"60s" validate:"min=1s,max=30m" doc:"скільки чекати на весь запит (слабкий зв’язок) | time to read the whole request (weak networks)"`
	WriteLimit      time.Duration `env:"OSVITLO_WRITE_TIMEOUT" envDefault:"120s" validate:"min=1s,max=60m" doc:"скільки чекати на відповідь | time to write the response"`
	IdleLimit       time.Duration `env:"OSVITLO_IDLE_TIMEOUT" envDefault:"120s" validate:"min=1s,max=60m" doc:"скільки тримати порожнє з’єднання | time an idle connection is kept"`
	HandlerLimit    time.Duration `env:"OSVITLO_HANDLER_TIMEOUT" envDefault:"15s" validate:"min=100ms,max=5m" doc:"скільки дозволено працювати над запитом | time a request may take"`
	StopLimit       time.Duration `env:"OSVITLO_STOP_TIMEOUT" envDefault:"20s" validate:"min=0s,max=10m" doc:"скільки чекати завершення запитів під час зупинки | time for requests to finish at stop"`
	DrainDelay      time.Duration `env:"OSVITLO_DRAIN_DELAY" envDefault:"0s" validate:"min=0s,max=5m" doc:"пауза між «не готовий» і зупинкою, за балансувальником | pause between not-ready and stop, behind a balancer"`
	BodyLimit       int64         `env:"OSVITLO_BODY_LIMIT" envDefault:"65536" validate:"min=1024,max=10485760" doc:"найбільший розмір надісланої форми, байтів | largest form body, bytes"`
}

// City is who asks. Before a wave opens outside demo, Owner, Decree and Phone must be set.
type City struct {
	NameUK     string `env:"NAME_UK" envDefault:"Кропивницький" validate:"required,max=80" doc:"назва міста українською | the city's name in Ukrainian"`
	NameEN     string `env:"NAME_EN" envDefault:"Kropyvnytskyi" validate:"required,max=80" doc:"назва міста англійською | the city's name in English"`
	OwnerUK    string `env:"OWNER_UK" validate:"max=200" doc:"володілець даних, українською | owner of the data, in Ukrainian"`
	OwnerEN    string `env:"OWNER_EN" validate:"max=200" doc:"володілець даних, англійською | owner of the data, in English"`
	DecreeUK   string `env:"DECREE_UK" validate:"max=300" doc:"розпорядження: дата й номер, українською | the decree: date and number, in Ukrainian"`
	DecreeEN   string `env:"DECREE_EN" validate:"max=300" doc:"розпорядження: дата й номер, англійською | the decree, in English"`
	Phone      string `env:"PHONE" validate:"omitempty,max=40" doc:"телефон, за яким можна перевірити | phone number to check with"`
	PhoneHours string `env:"PHONE_HOURS" validate:"max=80" doc:"коли відповідають, напр. «пн–пт, 9:00–18:00» | hours of the phone"`
	Colour     string `env:"COLOUR" validate:"omitempty,hexcolor,len=7" doc:"головний колір міста #rrggbb; перевіряється на контраст | the city's main colour #rrggbb, checked for contrast"`
}

// Map is where places may lie and what the map is drawn of.
type Map struct {
	TilesURL         string  `env:"MAP_TILES_URL" validate:"omitempty,max=300" doc:"адреса тайлів карти з {z}, {x}, {y}; йдуть через наш сайт; без неї карта має чисте тло | address of map tiles with {z}, {x}, {y}; they go through our site; without it the map has plain ground"`
	TilesAttribution string  `env:"MAP_TILES_ATTRIBUTION" validate:"max=200" doc:"хто зробив тайли; стоїть на карті, потрібне разом з адресою | who made the tiles; stands on the map, needed with the address"`
	Box              string  `env:"OSVITLO_CITY_BOX" envDefault:"48.40,32.05,48.62,32.50" doc:"межі громади: південь,захід,північ,схід у градусах | bounds of the community: south,west,north,east in degrees"`
	Districts        string  `env:"OSVITLO_CITY_DISTRICTS" doc:"файл GeoJSON з контурами районів (id, name); без нього контурів немає | GeoJSON file with outlines of districts (id, name); none without it"`
	Population       string  `env:"OSVITLO_CITY_POPULATION" doc:"файл CSV, де живуть люди: lat,lon,people,district,name; для віддалі до місць | CSV file of where people live: lat,lon,people,district,name; for the distance to places"`
	Walk             float64 `env:"OSVITLO_WALK_FACTOR" envDefault:"1.3" validate:"min=1,max=3" doc:"у скільки разів пішки довше, ніж навпростець | how many times longer a walk is than a straight line"`
	Limits           string  `env:"OSVITLO_PLACES_LIMITS_URL" validate:"omitempty,http_url" doc:"сторінка з текстом відповідального за безпеку: що про місця не публікують | page with the security officer's text: what about places is not published"`
}

// Events says what of events is told to strangers, and how long bookings are kept.
type Events struct {
	Open int `env:"OPEN" envDefault:"60" validate:"min=1,max=500" doc:"подія з більшою кількістю місць показує стороннім лише день і район | an event with more seats shows strangers its day and district only"`
	Keep int `env:"KEEP_DAYS" envDefault:"30" validate:"min=1,max=365" doc:"через скільки днів після події видаляти записи на неї | days after an event until its bookings are erased"`
}

// Mark is the rule of the mark of a digitally literate employer.
type Mark struct {
	Level  string `env:"LEVEL" envDefault:"A2" validate:"oneof=A1 A2 B1 B2 C1 C2" doc:"знак роботодавця: рівень, якого досягли люди | the employers' mark: level that people have reached"`
	Course string `env:"COURSE" validate:"omitempty,max=80" doc:"курс, який вони пройшли, замість рівня | course that they have completed, instead of a level"`
	Share  int    `env:"SHARE" envDefault:"70" validate:"min=1,max=100" doc:"скільки відсотків тих, хто приєднався | percent of those who joined"`
	Frame  int    `env:"FRAME" envDefault:"50" validate:"min=0,max=100" doc:"скільки відсотків усіх працівників приєдналося | percent of all who work there that have joined"`
}

// Wave is the collection that is open. In demo it is made by the generator.
type Wave struct {
	ID      string    `env:"ID" validate:"omitempty,max=40,wave_id" doc:"назва хвилі латиницею, напр. 2026-autumn; без неї відповіді не зараховуються | id of the open wave, such as 2026-autumn; without it answers do not count"`
	TitleUK string    `env:"TITLE_UK" validate:"max=120" doc:"назва хвилі, напр. «осінь 2026» | title of the wave in Ukrainian"`
	TitleEN string    `env:"TITLE_EN" validate:"max=120" doc:"назва хвилі англійською | title of the wave in English"`
	Opens   time.Time `env:"OPENS" doc:"початок, RFC 3339 | start, RFC 3339"`
	Closes  time.Time `env:"CLOSES" doc:"кінець, RFC 3339 | end, RFC 3339"`
}

// Mail is the server that sends the city's mail. Without one, codes by e-mail are not offered.
type Mail struct {
	Host     string `env:"HOST" validate:"omitempty,hostname_rfc1123|ip" doc:"сервер пошти; без нього кодів поштою немає | mail server; without one there are no codes by e-mail"`
	Port     int    `env:"PORT" envDefault:"587" validate:"min=1,max=65535" doc:"порт сервера пошти | port of the mail server"`
	TLS      string `env:"TLS" envDefault:"starttls" validate:"oneof=starttls tls none" doc:"захист з’єднання: starttls, tls; none лише на цій машині | protection of the connection; none on this machine only"`
	User     string `env:"USER" doc:"ім’я на сервері пошти | user at the mail server"`
	Password Secret `env:"PASSWORD" doc:"пароль на сервері пошти | password at the mail server"`
	From     string `env:"FROM" validate:"omitempty,email" doc:"адреса, з якої йдуть листи | address the mails come from"`
	FromName string `env:"FROM_NAME" validate:"max=80" doc:"ім’я відправника | name of the sender"`
}

// SMS is the city's gateway of short messages. Without one they are not offered.
type SMS struct {
	URL    string `env:"URL" validate:"omitempty,http_url" doc:"адреса служби SMS (вебхук, POST JSON з підписом); без неї SMS немає | address of the gateway of short messages (webhook, signed JSON POST); without it there are none"`
	Secret Secret `env:"SECRET" validate:"omitempty,min=16" doc:"ключ підпису запитів до служби SMS, від 16 знаків | key that signs requests to the gateway, 16 characters or more"`
}

// LRS is a Learning Record Store that hears of learning acts. Without an address nothing is sent.
type LRS struct {
	URL    string `env:"URL" validate:"omitempty,http_url" doc:"адреса LRS (xAPI 1.0.3), напр. https://lrs.example/xapi; без неї нічого не надсилається | address of the LRS (xAPI 1.0.3), such as https://lrs.example/xapi; without it nothing is sent"`
	Key    string `env:"KEY" doc:"ключ у LRS | key at the LRS"`
	Secret Secret `env:"SECRET" doc:"таємниця в LRS | secret at the LRS"`
}

// OIDC is an OpenID Connect service. Without an issuer its door is not shown.
type OIDC struct {
	Issuer   string   `env:"ISSUER" validate:"omitempty,http_url" doc:"адреса служби входу (OpenID Connect) | issuer of the identity service"`
	ClientID string   `env:"CLIENT_ID" doc:"ім’я сайту в службі входу | the site's id at the service"`
	Secret   Secret   `env:"CLIENT_SECRET" doc:"таємниця сайту в службі входу | the site's secret at the service"`
	Scopes   []string `env:"SCOPES" doc:"що питати, крім openid, через кому | scopes besides openid, comma-separated"`
	Strong   []string `env:"STRONG_ACR" doc:"значення acr, що означають два чинники, через кому | acr values that mean two factors, comma-separated"`
	TitleUK  string   `env:"TITLE_UK" validate:"max=60" doc:"назва служби українською | name of the service in Ukrainian"`
	TitleEN  string   `env:"TITLE_EN" validate:"max=60" doc:"назва служби англійською | name of the service in English"`
}

// Notice is what the texts of consent say beside the tables of the code.
type Notice struct {
	Version     int    `env:"VERSION" envDefault:"1" validate:"min=1" doc:"номер тексту згоди; збільшуйте з кожною зміною | version of the texts of consent; raise it with every change"`
	ProcessorUK string `env:"PROCESSOR_UK" validate:"max=200" doc:"розпорядник даних, якщо не сам володілець | processor of the data, if not the owner, in Ukrainian"`
	ProcessorEN string `env:"PROCESSOR_EN" validate:"max=200" doc:"розпорядник даних англійською | processor of the data, in English"`
	Contact     string `env:"CONTACT" validate:"max=200" doc:"куди писати про свої дані | where to write about one's data"`
	CheckedBy   string `env:"CHECKED_BY" validate:"max=200" doc:"юрист, який перевірив тексти, і дата; без неї сторінки пишуть «перевірено юристом: —» | lawyer who checked the texts, with the date"`
}

// Guarded tells whether open answers pass the hourly guard (CONTRACT §5).
func (c *Config) Guarded() bool {
	if c.Admission == "" {
		return !c.Demo
	}
	return c.Admission == "guarded"
}

// Load reads the environment and then the flags in args, and checks the result.
// The rest of args, without flags, comes back. Errors name the variable or flag.
func Load(name string, args []string, getenv func(string) string, out io.Writer) (*Config, []string, error) {
	c := &Config{}
	vars := map[string]string{}
	each(c, func(f setting) {
		if v := getenv(f.Env); v != "" {
			vars[f.Env] = v
		}
	})
	if err := env.ParseWithOptions(c, env.Options{Environment: vars}); err != nil {
		return nil, nil, fmt.Errorf("environment: %w", err)
	}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(out)
	each(c, func(f setting) {
		if f.Flag != "" {
			flags.Var(&flagValue{f.value}, f.Flag, f.Doc)
		}
	})
	if err := flags.Parse(args); err != nil {
		return nil, nil, err
	}
	if err := c.check(); err != nil {
		return nil, nil, err
	}
	return c, flags.Args(), nil
}

func (c *Config) check() error {
	v := validator.New(validator.WithRequiredStructEnabled())
	names := map[string]string{}
	each(c, func(f setting) { names[f.path] = f.Env })
	if err := v.RegisterValidation("hostport", func(fl validator.FieldLevel) bool {
		_, port, err := net.SplitHostPort(fl.Field().String())
		if err != nil {
			return false
		}
		_, err = strconv.ParseUint(port, 10, 16)
		return err == nil
	}); err != nil {
		return err
	}
	if err := v.RegisterValidation("wave_id", func(fl validator.FieldLevel) bool {
		for _, r := range fl.Field().String() {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
				return false
			}
		}
		return true
	}); err != nil {
		return err
	}
	var all []error
	var found validator.ValidationErrors
	if err := v.Struct(c); errors.As(err, &found) {
		for _, f := range found {
			path := strings.TrimPrefix(f.StructNamespace(), "Config.")
			value := fmt.Sprint(f.Value())
			all = append(all, fmt.Errorf("%s: %q не підходить / is not valid (%s %s)", names[path], value, f.Tag(), f.Param()))
		}
	} else if err != nil {
		return err
	}
	if c.MongoURI != "" && c.Secret == "" {
		all = append(all, errors.New("OSVITLO_SECRET: потрібен разом із MONGODB_URI / is needed with MONGODB_URI, all replicas share it"))
	}
	if c.Mail.Host != "" && c.Mail.From == "" {
		all = append(all, errors.New("OSVITLO_SMTP_FROM: потрібна разом з OSVITLO_SMTP_HOST / is needed with OSVITLO_SMTP_HOST"))
	}
	if c.SMS.URL != "" && c.SMS.Secret == "" {
		all = append(all, errors.New("OSVITLO_SMS_SECRET: потрібен разом з OSVITLO_SMS_URL / is needed with OSVITLO_SMS_URL"))
	}
	if c.LRS.URL != "" && (c.LRS.Key == "" || c.LRS.Secret == "") {
		all = append(all, errors.New("OSVITLO_LRS_KEY, OSVITLO_LRS_SECRET: потрібні разом з OSVITLO_LRS_URL / are needed with OSVITLO_LRS_URL"))
	}
	for name, o := range map[string]OIDC{"OSVITLO_OIDC_STAFF": c.Staff, "OSVITLO_OIDC_PEOPLE": c.People} {
		if o.Issuer != "" && (o.ClientID == "" || c.PublicURL == "") {
			all = append(all, fmt.Errorf("%s_CLIENT_ID, OSVITLO_PUBLIC_URL: потрібні разом з %s_ISSUER / are needed with %s_ISSUER", name, name, name))
		}
	}
	if c.S3Endpoint != "" && (c.S3AccessKey == "" || c.S3SecretKey == "") {
		all = append(all, errors.New("S3_ACCESS_KEY, S3_SECRET_KEY: потрібні разом із S3_ENDPOINT / are needed with S3_ENDPOINT"))
	}
	if !c.Demo && c.Wave.ID != "" {
		for _, must := range []struct{ name, value string }{
			{"OSVITLO_CITY_OWNER_UK", c.City.OwnerUK}, {"OSVITLO_CITY_DECREE_UK", c.City.DecreeUK}, {"OSVITLO_CITY_PHONE", c.City.Phone},
		} {
			if strings.TrimSpace(must.value) == "" {
				all = append(all, fmt.Errorf("%s: хвилю не відкрито, доки це не задано / the wave stays closed until this is set", must.name))
			}
		}
		if c.Wave.Opens.IsZero() || !c.Wave.Closes.After(c.Wave.Opens) {
			all = append(all, errors.New("OSVITLO_WAVE_OPENS, OSVITLO_WAVE_CLOSES: початок має бути раніше за кінець / the start must come before the end"))
		}
	}
	return errors.Join(all...)
}

// setting is one field an operator can set.
type setting struct {
	Env, Flag, Doc, Default string
	Secret                  bool
	path                    string
	value                   reflect.Value
}

func each(c *Config, do func(setting)) { walk(reflect.ValueOf(c).Elem(), "", "", do) }

func walk(v reflect.Value, path, prefix string, do func(setting)) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if sub, ok := f.Tag.Lookup("envPrefix"); ok {
			walk(v.Field(i), path+f.Name+".", prefix+sub, do)
			continue
		}
		do(setting{
			Env: prefix + f.Tag.Get("env"), Flag: f.Tag.Get("flag"), Doc: f.Tag.Get("doc"), Default: f.Tag.Get("envDefault"),
			Secret: f.Type == reflect.TypeFor[Secret](), path: path + f.Name, value: v.Field(i),
		})
	}
}

// flagValue lets a flag write into a field.
type flagValue struct{ v reflect.Value }

func (f *flagValue) String() string {
	if !f.v.IsValid() {
		return ""
	}
	return fmt.Sprint(f.v.Interface())
}

// IsBoolFlag lets --demo stand without a value.
func (f *flagValue) IsBoolFlag() bool { return f.v.IsValid() && f.v.Kind() == reflect.Bool }

func (f *flagValue) Set(s string) error {
	if u, ok := f.v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(s))
	}
	switch f.v.Kind() {
	case reflect.String:
		f.v.SetString(s)
	case reflect.Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return err
		}
		f.v.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return err
		}
		f.v.SetInt(n)
	default:
		return fmt.Errorf("cannot set %s from a flag", f.v.Type())
	}
	return nil
}
