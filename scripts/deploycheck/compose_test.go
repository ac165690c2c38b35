package deploycheck

import (
	"context"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

var secrets = types.Mapping{
	"OSVITLO_SECRET": "a-long-secret-of-the-test", "OSVITLO_KEYS": "k1:a-key-of-the-test", "MONGO_KEY": "key-of-the-test", "MONGO_ROOT_PASSWORD": "root-of-the-test",
	"MONGO_PASSWORD": "password-of-the-test", "S3_ACCESS_KEY": "access-of-the-test", "S3_SECRET_KEY": "storage-of-the-test",
}

// load reads compose.yaml as Docker Compose does, with strict checks.
func load(env types.Mapping) (*types.Project, error) {
	dir, err := filepath.Abs(filepath.Join(root, "scripts"))
	if err != nil {
		return nil, err
	}
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "compose.yaml")}},
		Environment: maps.Clone(env), // the loader adds to it
	})
}

func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := load(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func env(s types.ServiceConfig, name string) string {
	if v := s.Environment[name]; v != nil {
		return *v
	}
	return ""
}

// outOfOne are the services that end by themselves.
var outOfOne = []string{"migrate", "mongo-init"}

func TestServices(t *testing.T) {
	t.Parallel()
	p := project(t)
	want := []string{"app", "migrate", "minio", "mongo-init", "mongo1", "mongo2", "mongo3", "proxy"}
	got := p.ServiceNames()
	slices.Sort(got)
	if !slices.Equal(got, want) || p.Name != "osvitlo" {
		t.Fatalf("project %s with services %v", p.Name, got)
	}
	for name, s := range p.Services {
		if !s.ReadOnly {
			t.Errorf("%s: its root file system can be written", name)
		}
		if !slices.Equal(s.CapDrop, []string{"ALL"}) {
			t.Errorf("%s keeps capabilities", name)
		}
		if len(s.CapAdd) > 0 && (name != "proxy" || !slices.Equal(s.CapAdd, []string{"NET_BIND_SERVICE"})) {
			t.Errorf("%s gets %v", name, s.CapAdd)
		}
		if s.Privileged || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s may gain privileges", name)
		}
		if once := slices.Contains(outOfOne, name); once != (s.Restart == "no") || !once && s.Restart != "unless-stopped" {
			t.Errorf("%s restarts %q", name, s.Restart)
		} else if !once && (s.HealthCheck == nil || s.HealthCheck.Disable || len(s.HealthCheck.Test) < 2 || s.HealthCheck.Interval == nil) {
			t.Errorf("%s has no health check", name)
		}
		if name != "proxy" && len(s.Ports) > 0 {
			t.Errorf("%s publishes %v", name, s.Ports)
		}
		if strings.ContainsAny(strings.SplitN(s.Image, ":", 2)[0], ".") || !strings.Contains(s.Image, ":") || strings.HasSuffix(s.Image, ":latest") {
			t.Errorf("%s: the image %s is not pinned, or names a registry", name, s.Image)
		}
	}
}

func TestTwoReplicasBehindTheProxy(t *testing.T) {
	t.Parallel()
	p := project(t)
	app, proxy := p.Services["app"], p.Services["proxy"]
	if app.Deploy == nil || app.Deploy.Replicas == nil || *app.Deploy.Replicas != 2 {
		t.Fatal("app does not have two replicas")
	}
	if app.User == "" || strings.HasPrefix(app.User, "0") || strings.HasPrefix(app.User, "root") {
		t.Errorf("app runs as %q", app.User)
	}
	if app.Build == nil || app.Build.Dockerfile != "Dockerfile" || filepath.Base(filepath.Dir(filepath.Join(app.Build.Context, "x"))) != filepath.Base(mustAbs(t, root)) {
		t.Errorf("app is built from %+v", app.Build)
	}
	if !slices.Equal([]string(app.Command), []string{"serve"}) || !slices.Equal([]string(p.Services["migrate"].Command), []string{"migrate"}) {
		t.Errorf("commands %v and %v", app.Command, p.Services["migrate"].Command)
	}
	if !slices.Equal(app.HealthCheck.Test, []string{"CMD", "/osvitlo", "healthcheck"}) {
		t.Errorf("app is asked by %v", app.HealthCheck.Test)
	}
	var ports []string
	for _, port := range proxy.Ports {
		ports = append(ports, port.Published+":"+port.Protocol)
	}
	if !slices.Equal(ports, []string{"80:tcp", "443:tcp"}) {
		t.Errorf("the proxy publishes %v", ports)
	}
	if d := proxy.DependsOn["app"]; d.Condition != types.ServiceConditionHealthy {
		t.Errorf("the proxy waits for app to be %q", d.Condition)
	}
	if d := app.DependsOn["migrate"]; d.Condition != types.ServiceConditionCompletedSuccessfully {
		t.Errorf("app waits for migrate to be %q", d.Condition)
	}
	// The trusted proxies are the network in which the proxy stands.
	if subnet := p.Networks["front"].Ipam.Config[0].Subnet; subnet == "" || subnet != env(app, "OSVITLO_TRUSTED_PROXIES") {
		t.Errorf("the proxy stands in %s, app trusts %s", subnet, env(app, "OSVITLO_TRUSTED_PROXIES"))
	}
	if !p.Networks["back"].Internal {
		t.Error("the network of the stores reaches outside")
	}
	for name, want := range map[string][]string{"proxy": {"front"}, "app": {"back", "front"}, "mongo1": {"back"}, "minio": {"back"}} {
		var got []string
		for n := range p.Services[name].Networks {
			got = append(got, n)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s stands in %v, want %v", name, got, want)
		}
	}
	// Stopping leaves time for the pause and for the requests.
	table := settings(t)
	stop, err := time.ParseDuration(table["OSVITLO_STOP_TIMEOUT"])
	drain, err2 := time.ParseDuration(env(app, "OSVITLO_DRAIN_DELAY"))
	if err != nil || err2 != nil || app.StopGracePeriod == nil || time.Duration(*app.StopGracePeriod) <= stop+drain {
		t.Errorf("%v to stop, %v and %v are needed (%v, %v)", app.StopGracePeriod, stop, drain, err, err2)
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func TestStoresOfTheProgram(t *testing.T) {
	t.Parallel()
	p := project(t)
	app := p.Services["app"]
	uri, err := url.Parse(env(app, "MONGODB_URI"))
	if err != nil {
		t.Fatal(err)
	}
	members := strings.Split(uri.Host, ",")
	if len(members) != 3 {
		t.Fatalf("the replica set has %d members, want 3", len(members))
	}
	set := uri.Query().Get("replicaSet")
	script := read(t, "scripts/compose/replicaset.js")
	if set == "" || !strings.Contains(script, `_id: "`+set+`"`) {
		t.Errorf("the replica set %q is not the one that replicaset.js makes", set)
	}
	roots := 0
	for _, m := range members {
		s, ok := p.Services[m]
		if !ok || s.Image != p.Services[members[0]].Image {
			t.Fatalf("%s is no member", m)
		}
		command := strings.Join(s.Entrypoint, " ")
		if !strings.Contains(command, "--replSet "+set+" ") || !strings.Contains(command, "--keyFile ") {
			t.Errorf("%s starts as %s", m, command)
		}
		if !strings.Contains(script, `"`+m+`:27017"`) {
			t.Errorf("%s is not in replicaset.js", m)
		}
		if env(s, "MONGO_INITDB_ROOT_USERNAME") != "" {
			roots++
		}
		if d := p.Services["mongo-init"].DependsOn[m]; d.Condition != types.ServiceConditionHealthy {
			t.Errorf("mongo-init does not wait for %s", m)
		}
		if s.User == "" || strings.HasPrefix(s.User, "0") {
			t.Errorf("%s runs as %q", m, s.User)
		}
	}
	if roots != 1 {
		t.Errorf("%d members make the root account; a set can be made of one with data and empty ones only", roots)
	}
	password, _ := uri.User.Password()
	if uri.User.Username() != "osvitlo" || password != secrets["MONGO_PASSWORD"] || env(p.Services["mongo-init"], "MONGO_PASSWORD") != password {
		t.Errorf("the account %s is not the one that mongo-init makes", uri.User.Username())
	}
	if db := env(app, "MONGODB_DATABASE"); !strings.Contains(script, `db: "`+db+`"`) || uri.Query().Get("authSource") != "admin" {
		t.Errorf("the account has no rights on %s", db)
	}
	minio := p.Services["minio"]
	if env(app, "S3_ENDPOINT") != "minio:9000" || env(app, "S3_TLS") != "false" ||
		env(app, "S3_ACCESS_KEY") != env(minio, "MINIO_ROOT_USER") || env(app, "S3_SECRET_KEY") != env(minio, "MINIO_ROOT_PASSWORD") {
		t.Error("app and minio do not have the same keys")
	}
	// What must outlive a container lies on a named volume of its own.
	owner := map[string]string{}
	for name, want := range map[string]string{"mongo1": "/data/db", "mongo2": "/data/db", "mongo3": "/data/db", "minio": "/data", "proxy": "/data"} {
		found := false
		for _, v := range p.Services[name].Volumes {
			if v.Target != want {
				continue
			}
			found = v.Type == "volume" && v.Source != ""
			if other, twice := owner[v.Source]; twice {
				t.Errorf("%s and %s share the volume %s", name, other, v.Source)
			}
			owner[v.Source] = name
			if _, declared := p.Volumes[v.Source]; !declared {
				t.Errorf("the volume %s is not declared", v.Source)
			}
		}
		if !found {
			t.Errorf("%s keeps %s in no named volume", name, want)
		}
	}
}

// TestNothingStartsWithoutItsSecrets: each secret is needed, and none stands in the file.
func TestNothingStartsWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	for name := range secrets {
		without := types.Mapping{}
		for k, v := range secrets {
			if k != name {
				without[k] = v
			}
		}
		if _, err := load(without); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	for _, s := range project(t).Services {
		for name, v := range s.Environment {
			lower := strings.ToLower(name)
			if v == nil || !strings.Contains(lower, "password") && !strings.Contains(lower, "secret") && !strings.Contains(lower, "key") || strings.HasSuffix(lower, "_dir") {
				continue
			}
			if !strings.Contains(*v, "of-the-test") {
				t.Errorf("%s of %s has a value in the file", name, s.Name)
			}
		}
	}
}

// TestFilesThatAreMountedExist looks for the host side of bind mounts.
func TestFilesThatAreMountedExist(t *testing.T) {
	t.Parallel()
	seen := 0
	for name, s := range project(t).Services {
		for _, v := range s.Volumes {
			if v.Type != "bind" {
				continue
			}
			seen++
			if found, err := filepath.Glob(v.Source); err != nil || len(found) != 1 || !v.ReadOnly {
				t.Errorf("%s mounts %s: found %v, read-only %v", name, filepath.Base(v.Source), len(found), v.ReadOnly)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d files are mounted, want the proxy's and the replica set's", seen)
	}
}
