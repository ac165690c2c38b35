package place

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Bounds of texts, in letters.
const (
	maxName    = 160
	maxSummary = 300
	maxAddress = 200
	maxPhotos  = 8
	maxInside  = 2000
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Check names everything that is wrong with a place in a city. The pointers are the
// names of the form's fields.
func (p *Place) Check(city *City, districts []string) error {
	var faults []fault.Field
	add := func(pointer, key string, args map[string]any) {
		faults = append(faults, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	long := func(pointer, text string, most int) {
		if utf8.RuneCountInString(text) > most {
			add(pointer, "place.long", map[string]any{"N": most})
		}
	}
	if strings.TrimSpace(p.Name.UK) == "" {
		add("name_uk", "place.name", nil)
	}
	for _, t := range []struct {
		name string
		text i18n.Text
		most int
	}{{"name", p.Name, maxName}, {"summary", p.Summary, maxSummary}, {"address", p.Address, maxAddress}, {"inviting", p.Inviting, maxSummary}} {
		long(t.name+"_uk", t.text.UK, t.most)
		long(t.name+"_en", t.text.EN, t.most)
	}
	if !slugForm.MatchString(p.Slug) || len(p.Slug) > 80 {
		add("slug", "place.slug", nil)
	}
	if !slices.Contains(Kinds(), p.Kind) {
		add("kind", "place.kind_unknown", nil)
	}
	if p.District != "" && !slices.Contains(districts, p.District) {
		add("district", "place.district", nil)
	}
	if p.Point != nil {
		faults = append(faults, city.Check(*p.Point)...)
	}
	for _, o := range p.Offers {
		if !slices.Contains(Offers(), o) {
			add("offers", "place.choice", nil)
		}
	}
	for _, a := range p.Access {
		if !slices.Contains(Accesses(), a) {
			add("access", "place.choice", nil)
		}
	}
	for name, v := range map[string]Tri{"no_power": p.NoPower, "shelter": p.Shelter} {
		if v != Unknown && v != Yes && v != No {
			add(name, "place.choice", nil)
		}
	}
	for f, c := range p.Classes {
		if _, known := defaults[f]; !known || c != Public && c != Booking && c != Staff {
			add("class."+string(f), "place.choice", nil)
		}
	}
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email || len(p.Email) > 120 {
			add("email", "place.email", nil)
		}
	}
	if p.Web != "" {
		if u, err := url.Parse(p.Web); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(p.Web) > 300 {
			add("web", "place.web", nil)
		}
	}
	if p.Phone != "" && !phoneForm.MatchString(p.Phone) {
		add("phone", "place.phone_bad", nil)
	}
	if len(p.Photos) > maxPhotos {
		add("photo", "place.photos_many", map[string]any{"N": maxPhotos})
	}
	for name, t := range map[string]string{"generator": p.Inside.Generator, "links": p.Inside.Links, "inside_shelter": p.Inside.Shelter, "stock": p.Inside.Stock, "note": p.Inside.Note} {
		long(name, t, maxInside)
	}
	faults = append(faults, p.Hours.Check()...)
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
		return fault.InvalidFields(faults...)
	}
	return nil
}

// phoneForm is a telephone as people write it, one or several.
var phoneForm = regexp.MustCompile(`^[+0-9(][0-9()\-, +]{4,60}$`)

// Slugify makes of a name what may stand in an address: Ukrainian letters by the
// official table of 2010, everything else a dash.
func Slugify(name string) string {
	var b strings.Builder
	dash, first := false, true
	for _, r := range strings.ToLower(name) {
		s := ""
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			s = string(r)
		case r == '’' || r == '\'' || r == 'ь':
			continue
		default:
			if first && atStart[r] != "" {
				s = atStart[r]
			} else {
				s = latin[r]
			}
		}
		if s == "" {
			dash, first = b.Len() > 0, true
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteString(s)
		first = false
		if b.Len() >= 60 {
			break
		}
	}
	return b.String()
}

var atStart = map[rune]string{'є': "ye", 'ї': "yi", 'й': "y", 'ю': "yu", 'я': "ya"}

var latin = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "h", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "y", 'і': "i", 'ї': "i", 'й': "i",
	'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch",
	'ш': "sh", 'щ': "shch", 'ю': "iu", 'я': "ia", 'ы': "y", 'э': "e", 'ё': "io",
}
