// Command publish measures the full publication of a wave: every breakdown,
// suppression, the mode effect, the probability sub-sample, the comparison with the
// wave before, and the table of drivers, into signed files.
//
//	go run ./scripts/bench/publish [-n 100000]
//
// It prints the time beside its limit of 10 s, checks the download, and that a second
// city of the same seed gives the same bytes. It exits 1 when one of them fails.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing/fstest"
	"time"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
)

const limit = 10 * time.Second

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func main() {
	n := flag.Int("n", 100_000, "respondents of the wave")
	margins := flag.String("margins", "content/city/kropyvnytskyi.margins.yaml", "population margins")
	flag.Parse()
	ok, err := run(*n, *margins)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(n int, marginsFile string) (bool, error) {
	src, err := os.ReadFile(marginsFile)
	if err != nil {
		return false, err
	}
	m, err := cityindex.ParseMargins(src)
	if err != nil {
		return false, err
	}
	took, files, err := publish(n, m)
	if err != nil {
		return false, err
	}
	word := "met"
	if took > limit {
		word = "NOT met"
	}
	fmt.Printf("publication of %d respondents: %v, limit %v, %s\n", n, took.Round(time.Millisecond), limit, word)
	download := fstest.MapFS{}
	for name, body := range files {
		download[name] = &fstest.MapFile{Data: body}
	}
	report, err := cityindex.Verify(context.Background(), download, cityindex.VerifyOptions{})
	if err != nil {
		return false, err
	}
	if c := report.First(); c != nil {
		return false, fmt.Errorf("the download does not hold: %s %s", c.Name, c.Detail)
	}
	_, again, err := publish(n, m)
	if err != nil {
		return false, err
	}
	same := true
	for _, name := range []string{cityindex.FileIndex, cityindex.FileFigures, cityindex.FileCells, cityindex.FileDrivers, cityindex.FileDriverCSV, cityindex.FileChanges} {
		if !bytes.Equal(files[name], again[name]) {
			same = false
			fmt.Printf("%s differs between two runs\n", name)
		}
	}
	fmt.Printf("%d figures checked in the download; the same bytes twice: %v\n", len(report.Checks), same)
	return same && took <= limit, nil
}

// town is a stream of invented sittings, as the covering index gives them.
type town []sitting.Entry

func (t town) Entries(_ context.Context, after int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		for _, e := range t {
			if e.Seq > after && !yield(e, nil) {
				return
			}
		}
	}
}

// panel is a list of sittings of one person each.
type panel [][2]string

func (p panel) Pairs(context.Context, string, string) func(yield func([2]string, error) bool) {
	return func(yield func([2]string, error) bool) {
		for _, x := range p {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func publish(n int, m *cityindex.Margins) (took time.Duration, files map[string][]byte, err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "osvitlo-publish")
	if err != nil {
		return 0, nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "b.db")})
	if err != nil {
		return 0, nil, err
	}
	defer engine.Close() //nolint:errcheck // goes with the folder
	if err := engine.Migrate(ctx, append(survey.Specs(), cityindex.Specs()...)); err != nil {
		return 0, nil, err
	}
	clock := func() time.Time { return now }
	plans, err := survey.New(ctx, engine, survey.Config{}, clock)
	if err != nil {
		return 0, nil, err
	}
	for i, id := range []string{"before", "now"} {
		opens := now.AddDate(0, -7*(1-i)-1, 0)
		w := survey.Wave{Doc: store.Doc{ID: id}, Campaign: "residents", Title: i18n.Text{UK: id, EN: id}, Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 2, 0)),
			Sample: &survey.Sample{ID: "draw", Title: i18n.Text{UK: "вибірка", EN: "sample"}, Drawn: "2026-01-15", Size: int64(n)}}
		if err := plans.Add(ctx, w); err != nil {
			return 0, nil, err
		}
	}
	people := draw(draw(nil, "before", n/10), "now", n)
	var both panel
	for i := range n / 20 { // half of the wave before answered again
		both = append(both, [2]string{fmt.Sprint(i), fmt.Sprint(n/10 + i)})
	}
	index, err := cityindex.New(ctx, cityindex.Deps{Engine: engine, Sittings: people, Waves: plans, Panel: both, Now: clock,
		Settings: cityindex.Settings{Demo: true, Method: "1", BasicLevel: "A2", BasicRule: 1, City: i18n.Text{UK: "місто", EN: "city"}, Margins: m}})
	if err != nil {
		return 0, nil, err
	}
	if _, err := index.Release(ctx, "before"); err != nil {
		return 0, nil, err
	}
	began := time.Now()
	info, err := index.Release(ctx, "now")
	if err != nil {
		return 0, nil, err
	}
	took = time.Since(began)
	files = map[string][]byte{}
	for _, f := range info.Files {
		file, err := index.ReleaseFile(ctx, info.ID, f.Name)
		if err != nil {
			return 0, nil, err
		}
		files[f.Name] = file.Body
	}
	return took, files, nil
}

// draw invents sittings: skill falls with age, help goes with a lower score.
func draw(list town, wave string, n int) town {
	r := rand.New(rand.NewPCG(uint64(len(list))+1, 11))
	for range n {
		a := r.IntN(7)
		row := sitting.Row{Wave: wave, Instrument: "resident-test", Role: sitting.RoleTest, State: sitting.Counted, Sex: []sitting.Sex{sitting.Female, sitting.Male}[r.IntN(2)],
			Age: sitting.AgeGroups[a], Broad: sitting.Broads[min(2, a*3/7)], District: []string{"fortechnyi", "podilskyi", "nove", ""}[r.IntN(4)],
			Mode:     []sitting.Mode{sitting.ModeSelf, sitting.ModeSelf, sitting.ModeSelf, sitting.ModeMentor, sitting.ModePaper, sitting.ModePhone}[r.IntN(6)],
			Internet: []sitting.Internet{sitting.InternetYes, sitting.InternetYes, sitting.InternetHelp}[r.IntN(3)],
			Evidence: []sitting.Evidence{sitting.EvidenceOpen, sitting.EvidenceVenue, sitting.EvidenceInvited}[r.IntN(3)]}
		score := min(100, max(0, 68-5*float64(a)+14*r.NormFloat64()))
		row.Overall = sitting.ToPoints(score)
		for i := range row.Areas {
			row.Areas[i] = sitting.ToPoints(min(100, max(0, score+6*r.NormFloat64())))
		}
		row.Level = "A1"
		for i, cut := range []float64{20, 40, 60, 75, 90} {
			if score >= cut {
				row.Level = []string{"A2", "B1", "B2", "C1", "C2"}[i]
			}
		}
		row.Low, row.Reached = row.Level, row.Level != "A1"
		if a > 4 && r.IntN(4) == 0 { // no internet, no score
			row.Role, row.Internet, row.Overall, row.Level, row.Low, row.Reached = sitting.RoleOffline, sitting.InternetNo, sitting.Missing, "", "", false
			for i := range row.Areas {
				row.Areas[i] = sitting.Missing
			}
		}
		seq := now.Add(-24*time.Hour).UnixMicro() + int64(len(list))
		list = append(list, sitting.Entry{ID: fmt.Sprint(len(list)), Seq: seq, Tally: sitting.Tally{Now: &row}.Format()})
	}
	return list
}
