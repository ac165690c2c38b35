package schools_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"osvitlo/internal/person"
)

// The list names every institution of the round once, each with the group that the heat
// map gives its line; those without a point stand apart, with the way to add one for whoever
// may.
func TestTheMapsListIsTheHeatMapsGroups(t *testing.T) {
	t.Parallel()
	for links, grant := range []person.Grant{{Role: person.CDTO}, analyst} {
		o := open(t, 2, grant)
		groups := map[string]string{} // institution → group, from the heat map's lines
		o.page(t, "/office/schools?role=teacher&lang=en").Find("table.os-heat__t tbody tr").Each(func(_ int, tr *goquery.Selection) {
			group := plain(tr.Find("td.os-heat__w").Last().Text())
			for _, name := range strings.Split(plain(tr.Find("th a").Text())+", "+plain(tr.Find("th small").Text()), ", ") {
				groups[name] = strings.ReplaceAll(group, "–", "not known yet")
			}
		})
		seen, looks := map[string]bool{}, map[string]bool{}
		doc := o.page(t, "/office/schools/map?role=teacher&lang=en")
		doc.Find(".os-spot").Each(func(_ int, li *goquery.Selection) {
			name := plain(li.Find("a").First().Text())
			if seen[name] {
				t.Errorf("%s stands twice", name)
			}
			seen[name] = true
			text := plain(li.Find("p").First().Text())
			if !strings.HasPrefix(text, groups[name]+". ") || groups[name] == "" {
				t.Errorf("%s: %q on the map, %q in the table", name, text, groups[name])
			}
			sign := li.Find(".os-sign")
			look, _ := sign.Attr("class")
			looks[look+" "+sign.Text()] = true
			_, at := li.Attr("data-at")
			apart := li.ParentsFiltered("#nowhere").Length() > 0
			if at == apart || apart != (name == "School 00" || name == "School 01") {
				t.Errorf("%s: a point %v, apart %v", name, at, apart)
			}
		})
		if len(seen) != len(o.bodies) || len(looks) < 3 {
			t.Errorf("%d institutions, signs %v", len(seen), looks)
		}
		if n := doc.Find("#nowhere a[href^='/edit/']").Length(); n != 2*links {
			t.Errorf("%d links to where points are set for %v", n, grant.Role)
		}
		if doc.Find("noscript").Length() == 0 {
			t.Error("nothing is said where there are no scripts")
		}
	}
}

func TestTheMapsMarks(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst)
	type mark struct {
		N           int
		Title, Look string
		Sign        string
		Names       []struct{ ID, Name, Href, State string }
	}
	ask := func(query string) (total int, marks []mark) {
		var out struct {
			Total int
			Marks []mark
		}
		w := o.get(t, "/office/schools/map/points.json?role=teacher&lang=uk&"+query)
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %v", query, w.Code, err)
		}
		return out.Total, out.Marks
	}
	const city = "bbox=48.4,32.05,48.62,32.5&"
	total, far := ask(city + "zoom=8")
	if total != 12 || len(far) >= 12 || !slices.ContainsFunc(far, func(m mark) bool { return m.N > 1 && m.Look == "" && strings.Contains(m.Title, " — ") }) {
		t.Errorf("from afar %d: %+v", total, far)
	}
	_, near := ask(city + "zoom=17")
	if len(near) != 12 {
		t.Errorf("%d marks near by", len(near))
	}
	for _, m := range near {
		if m.N != 1 || len(m.Names) != 1 || m.Look == "" || m.Sign == "" || !strings.HasPrefix(m.Names[0].Href, "/office/schools/one/"+m.Names[0].ID+"?") || m.Title == m.Names[0].Name || m.Names[0].State == "" {
			t.Errorf("%+v", m)
		}
	}
	if total, _ := ask(city + "zoom=12&district=podilskyi"); total != 6 {
		t.Errorf("%d in one district", total)
	}
	if total, marks := ask("bbox=10,10,11,11&zoom=12"); total != 0 || marks == nil {
		t.Errorf("elsewhere %d %v", total, marks)
	}
	for _, bad := range []string{"", "bbox=1,2,3&zoom=9", city + "zoom=far"} {
		if w := o.get(t, "/office/schools/map/points.json?role=teacher&"+bad); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q answers %d", bad, w.Code)
		}
	}
	stranger := open(t, 1, person.Grant{Role: person.Coordinator, Place: "s02"})
	for _, path := range []string{"/office/schools/map", "/office/schools/map/points.json?" + city + "zoom=9"} {
		if w := stranger.get(t, path); w.Code < 400 {
			t.Errorf("a school reads %s", path)
		}
	}
}

// The picture tells the numbers of the table.
func TestTheSpreadsPictureIsItsTable(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst)
	spread := o.page(t, "/office/schools?role=teacher&lang=en").Find("#spread")
	rows := spread.Find("tbody tr")
	if rows.Length() != 5 || spread.Find("svg[role=img] .c-median").Length() != rows.Length() || spread.Find(".c-strip").Length() != rows.Length() {
		t.Fatalf("%d rows, %d strips", rows.Length(), spread.Find(".c-median").Length())
	}
	if head := plain(rows.First().Find(".os-grid-t__head").First().Text()); head == "" || head != plain(spread.Find("thead th").Eq(1).Text()) {
		t.Errorf("on a telephone the first number is %q", head)
	}
	rows.Find(".os-grid-t__head").Remove()
	words := spread.Find("svg desc").Text()
	rows.Each(func(_ int, tr *goquery.Selection) {
		cell := func(i int) string { return plain(tr.Find("th, td").Eq(i).Text()) }
		if want := cell(0) + ": half of the people from " + cell(3) + " to " + cell(5) + ", median " + cell(4) + "."; !strings.Contains(words, want) {
			t.Errorf("%q is not in %q", want, words)
		}
	})
	if few := o.page(t, "/office/schools?role=administration&lang=en").Find("#spread"); few.Find(".c-strip").Length() != 0 || few.Find(".c-median").Length() == 0 {
		t.Error("28 heads have deciles, or no quartiles")
	}
}
