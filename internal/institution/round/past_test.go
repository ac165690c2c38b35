package round

import (
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/store"
)

func TestAPastRoundIsAReportAndNothingFiner(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	big, small := r.school(t, "велика", 30), r.school(t, "мала", 6)
	sums := &report.Sums{}
	for n := range 26 {
		body := big
		if n >= 22 {
			body = small
		}
		if err := sums.Add(report.Unit{Institution: body, Role: string(institution.Teacher)}, map[string]float64{"edu1.1": float64(n)}); err != nil {
			t.Fatal(err)
		}
	}
	opens := r.clock.AddDate(0, -3, 0)
	past := Round{Doc: store.Doc{ID: "past-1"}, Year: 2026, Title: i18n.Text{UK: "Минулий"}, Bodies: []string{big, small},
		Asked: []Asked{{institution.Teacher, "of-another-year"}}, Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 0, 14))}
	made, err := r.Past(t.Context(), analyst, past, sums)
	if err != nil {
		t.Fatal(err)
	}
	if made.State != Reported || !made.Published.IsZero() {
		t.Fatalf("state %s, published %v", made.State, made.Published)
	}
	rep, err := r.Report(t.Context(), "past-1")
	if err != nil {
		t.Fatal(err)
	}
	table := rep.Table(string(institution.Teacher), report.Filter{})
	if len(table.Rows) != 1 || table.Rows[0].N != 26 || len(table.Rows[0].Units) != 2 {
		t.Errorf("four people stand alone: %+v", table.Rows)
	}
	if again, err := r.Past(t.Context(), analyst, past, &report.Sums{}); err != nil || again.Rev != made.Rev {
		t.Errorf("entered twice: %v", err)
	}
	late := past
	late.ID, late.Closes = "past-2", store.At(r.clock.Add(-time.Hour))
	if _, err := r.Past(t.Context(), analyst, late, sums); !fault.Is(err, fault.Invalid) {
		t.Errorf("people may still answer, yet: %v", err)
	}
	if _, err := r.Past(t.Context(), coordinator(big), past, sums); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a coordinator entered a round: %v", err)
	}
}

func TestOnlyAReportIsPublished(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one := r.opened(t, same, r.school(t, "школа", 20))
	if _, err := r.Publish(t.Context(), analyst, one.ID, true); !fault.Is(err, fault.Conflict) {
		t.Errorf("an open round was published: %v", err)
	}
	r.clock = one.Closes.Add(Grace)
	if _, err := r.Cut(t.Context(), analyst, one.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Publish(t.Context(), analyst, one.ID, true); err != nil || got.Published.IsZero() {
		t.Fatalf("%v", err)
	}
	if got, err := r.Publish(t.Context(), analyst, one.ID, false); err != nil || !got.Published.IsZero() {
		t.Fatalf("%v", err)
	}
}
