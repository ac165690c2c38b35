package cityindex

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// Form is the set of items a wave was measured with. Parameters are on the scale
// of the form's own calibration; common items carry one scale to another.
type Form struct {
	ID    string
	Items map[string]adaptive.Item // by item id
	// Provisional: the parameters come from the intended levels of the items.
	Provisional bool
}

// Forms are the forms waves may name. The index is reported on the reference form.
type Forms struct {
	Reference Form
	Others    []Form
}

// find looks a form up; "" is the reference.
func (f *Forms) find(id string) (Form, bool) {
	if f == nil {
		return Form{}, id == ""
	}
	if id == "" || id == f.Reference.ID {
		return f.Reference, true
	}
	for _, x := range f.Others {
		if x.ID == id {
			return x, true
		}
	}
	return Form{}, false
}

// Linking tells how the scores of a wave reach the reference form (METHOD §2).
// Without it the wave was measured with the reference form itself.
type Linking struct {
	Form        string   `json:"form"`
	Reference   string   `json:"reference"`
	Provisional bool     `json:"provisional"`
	Method      string   `json:"method,omitempty"`
	Slope       *float64 `json:"slope"`
	Shift       *float64 `json:"shift"`
	Anchors     int      `json:"anchors"` // common items that count
	Dropped     []string `json:"dropped,omitempty"`
	Index       Mean     `json:"index"` // on the reference form
	Reason      string   `json:"reason,omitempty"`
	ReasonCode  string   `json:"reason_code,omitempty"`
}

// equating carries scores of one form to another.
type equating struct {
	linking  *Linking
	from, to adaptive.Form
	link     adaptive.Link
	known    map[sitting.Points]sitting.Points
}

// equate links a form with the reference by their common items. When it cannot, the
// linking says why and holds no figure.
func equate(forms *Forms, id string) (*equating, *Linking, error) {
	if id == "" || forms != nil && id == forms.Reference.ID {
		return nil, nil, nil
	}
	out := &Linking{Form: id, Index: noMean(ReasonNotLinked), Reason: reasonTexts[ReasonNotLinked], ReasonCode: ReasonNotLinked}
	form, ok := forms.find(id)
	if !ok {
		return nil, out, nil
	}
	out.Reference, out.Provisional = forms.Reference.ID, form.Provisional || forms.Reference.Provisional
	var anchors []string
	var fresh, running, own, ref []adaptive.Item
	for _, name := range slices.Sorted(maps.Keys(form.Items)) {
		own = append(own, form.Items[name])
		if it, common := forms.Reference.Items[name]; common {
			anchors = append(anchors, name)
			fresh, running = append(fresh, form.Items[name]), append(running, it)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(forms.Reference.Items)) {
		ref = append(ref, forms.Reference.Items[name])
	}
	linked, err := adaptive.Links(fresh, running, adaptive.LinkOptions{FormItems: len(form.Items)})
	if errors.Is(err, adaptive.ErrNotLinked) {
		return nil, out, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("form %s: %w", id, err)
	}
	e := &equating{linking: out, link: linked.Link, known: map[sitting.Points]sitting.Points{}}
	if e.from, err = adaptive.NewForm(own); err != nil {
		return nil, nil, fmt.Errorf("form %s: %w", id, err)
	}
	if e.to, err = adaptive.NewForm(ref); err != nil {
		return nil, nil, fmt.Errorf("form %s: %w", forms.Reference.ID, err)
	}
	out.Method, out.Anchors = string(linked.Method), len(linked.Used)
	out.Slope, out.Shift = ptr(linked.Slope), ptr(linked.Shift)
	for _, d := range linked.Dropped {
		out.Dropped = append(out.Dropped, anchors[d.Anchor])
	}
	out.Reason, out.ReasonCode = "", ""
	return e, out, nil
}

// points is the score on the reference form that the same ability expects.
func (e *equating) points(y sitting.Points) sitting.Points {
	if to, ok := e.known[y]; ok {
		return to
	}
	to := y // 0 and 100 of one form are those of the other
	if v, ok := y.Value(); ok {
		if theta, err := e.from.Theta(v); err == nil {
			to = sitting.ToPoints(e.to.Expected(e.link.Theta(theta)))
		}
	}
	e.known[y] = to
	return to
}

// fine rounds a mean to a hundredth: beside the unrounded one of the same people
// under another scale it must not add up to a way into the classes.
func (m Mean) fine() Mean {
	for _, p := range []**float64{&m.Value, &m.SE, &m.Low, &m.High, &m.NEffective} {
		if *p != nil {
			*p = ptr(hundredth(**p))
		}
	}
	return m
}

// addLinking reports the index of the wave on the reference form.
func (b *built) addLinking(f *frame, rows *rowSet, forms *Forms, form string) error {
	e, linking, err := equate(forms, form)
	if err != nil || linking == nil {
		return err
	}
	b.release.Linking = linking
	if e == nil {
		return nil
	}
	fine := make([]weighting.Sums, classes)
	for _, r := range rows.facts {
		if r.y < 0 {
			continue
		}
		s, err := weighting.SumsOf(int64(e.points(r.y)))
		if err != nil {
			return err
		}
		fine[r.class] = fine[r.class].Plus(s)
	}
	sums, err := f.scheme.Fold(fine)
	if err != nil {
		return err
	}
	est, err := f.scheme.Weights.Mean(sums, unit)
	if err != nil {
		return err
	}
	linking.Index = meanOf(est).fine()
	return nil
}

// FormOf is the form of an instrument: its scored items with the provisional
// parameters of their intended levels, under the id slug-version. Until a
// calibration replaces them a link rests on the authors' levels, and says so.
func FormOf(in *instrument.Instrument) Form {
	f := Form{ID: fmt.Sprintf("%s-%d", in.Slug, in.Version), Items: map[string]adaptive.Item{}, Provisional: true}
	for _, it := range in.Items() {
		if it.Scored() {
			f.Items[it.ID] = adaptive.Item{A: 1, B: it.Difficulty}
		}
	}
	return f
}

// FormsOf takes the lowest version of an instrument as the reference and the others
// beside it. nil without any version.
func FormsOf(versions ...*instrument.Instrument) *Forms {
	list := slices.Clone(versions)
	slices.SortFunc(list, func(a, b *instrument.Instrument) int { return a.Version - b.Version })
	if len(list) == 0 {
		return nil
	}
	out := &Forms{Reference: FormOf(list[0])}
	for _, in := range list[1:] {
		out.Others = append(out.Others, FormOf(in))
	}
	return out
}
