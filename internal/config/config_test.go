package config_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"osvitlo/internal/config"
)

func load(t *testing.T, vars map[string]string, args ...string) (*config.Config, error) {
	t.Helper()
	c, _, err := config.Load("serve", args, func(k string) string { return vars[k] }, io.Discard)
	return c, err
}

func TestDefaultsStartOnABareMachine(t *testing.T) {
	t.Parallel()
	c, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Data != "./data" || c.Demo || !c.Guarded() || c.City.NameEN != "Kropyvnytskyi" {
		t.Fatalf("defaults: %+v", c)
	}
}

func TestFlagBeatsEnvironment(t *testing.T) {
	t.Parallel()
	c, err := load(t, map[string]string{"OSVITLO_LISTEN": "127.0.0.1:1", "OSVITLO_DEMO_PEOPLE": "7"}, "--listen", "127.0.0.1:2", "--demo")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.DemoPeople != 7 || !c.Demo || c.Guarded() {
		t.Fatalf("got %+v", c)
	}
}

func TestEveryWrongValueIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(t, map[string]string{
		"OSVITLO_LISTEN": "nowhere", "OSVITLO_ADMISSION": "maybe", "OSVITLO_CITY_COLOUR": "yellow",
		"MONGODB_URI": "mongodb://127.0.0.1", "S3_ENDPOINT": "127.0.0.1:9000",
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"OSVITLO_LISTEN", "OSVITLO_ADMISSION", "OSVITLO_CITY_COLOUR", "OSVITLO_SECRET", "S3_ACCESS_KEY"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}

func TestAWaveStaysClosedUntilTheCityIsNamed(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"OSVITLO_WAVE_ID": "2026-autumn", "OSVITLO_WAVE_OPENS": "2026-11-01T00:00:00+02:00", "OSVITLO_WAVE_CLOSES": "2026-12-01T00:00:00+02:00"}
	_, err := load(t, vars)
	for _, name := range []string{"OSVITLO_CITY_OWNER_UK", "OSVITLO_CITY_DECREE_UK", "OSVITLO_CITY_PHONE"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Fatalf("%s is not named in: %v", name, err)
		}
	}
	vars["OSVITLO_CITY_OWNER_UK"], vars["OSVITLO_CITY_DECREE_UK"], vars["OSVITLO_CITY_PHONE"] = "Рада", "№ 14", "0522"
	if _, err := load(t, vars); err != nil {
		t.Fatal(err)
	}
}

func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	c, err := load(t, map[string]string{"OSVITLO_SECRET": strings.Repeat("тайна", 9), "MONGODB_URI": "mongodb://a:parole@b"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(text), fmt.Sprint(c), fmt.Sprintf("%+v", *c)} {
		if strings.Contains(shown, "тайна") || strings.Contains(shown, "parole") {
			t.Fatalf("a secret shows: %s", shown)
		}
	}
	if c.MongoURI.Reveal() != "mongodb://a:parole@b" {
		t.Fatal("the secret is lost")
	}
}

func TestReadmeHoldsTheTable(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), config.Table()) {
		t.Fatalf("README.md must hold this table:\n%s", config.Table())
	}
}
