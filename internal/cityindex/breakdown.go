package cityindex

import (
	"slices"

	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// protectLevels protects the table of levels. Where the headline is given it
// tells how many are under the basic level, so the other levels must protect
// each other: the sum of those is known as well as the sum of all.
func protectLevels(n []int64, headline bool) []string {
	if !headline {
		return protect(n)
	}
	return append(protect(n[:1]), protect(n[1:])...)
}

// addLevels gives the shares of the levels among those tested.
func (b *built) addLevels(f *frame, _ *Margins, _ *Variant) error {
	n := make([]int64, levels)
	for i := range n {
		n[i] = f.total(f.field(bLevels+i), nil)
	}
	why := protectLevels(n, b.release.AtLeastBasic.Share != nil)
	for i, id := range levelIDs {
		row := LevelShare{ID: id}
		switch why[i] {
		case "", ReasonNobody:
			e, err := f.share(f.field(bLevels+i), f.field(bScore+mN), nil)
			if err != nil {
				return err
			}
			row.Share = shareOf(e)
			row.N = ptr(n[i])
			b.counts["levels/"+id] = n[i]
		default:
			row.Share, row.Suppressed = noShare(why[i]), true
		}
		b.release.Levels = append(b.release.Levels, row)
	}
	border := float64(f.total(f.field(bBorder), nil)) / float64(max(1, b.release.Tested))
	b.release.Weighting.Border = ptr(roundTo(border, 0.01))
	return nil
}

// addSexAge gives the breakdowns that follow from the classes themselves. An
// age that was joined for one sex is joined for the figure of both.
func (b *built) addSexAge(f *frame, m *Margins, _ *Variant) error {
	row := func(name, id string, in func(int) bool) (Group, error) {
		mean, err := f.groupMean(f.field(bScore), in)
		b.counts[name+"/"+id] = f.total(f.field(bScore+mN), in)
		return Group{ID: id, Mean: mean}, err
	}
	ofSex := func(s int) func(int) bool { return func(c int) bool { return c/fineAges == s } }
	told := b.release.AtLeastBasic.Share != nil // the groups would add up to it
	both := told && f.split(ofSex(0)) && f.split(ofSex(1))
	for s := range sexes {
		g, err := row("sex", sexIDs[s], ofSex(s))
		if err != nil {
			return err
		}
		g.AtLeastBasic = ptr(noShare(ReasonSmall))
		if both {
			if g.AtLeastBasic, err = b.basicShare(f, "sex/"+g.ID, ofSex(s)); err != nil {
				return err
			}
		}
		b.release.Breakdowns["sex"] = append(b.release.Breakdowns["sex"], g)
	}
	own := common(f.groups[0], f.groups[1])
	wide, whole := f.basicAges(m, own)
	whole = whole && told
	for _, ages := range own {
		g, err := row("age", ages.id(), ofAges(ages))
		if err != nil {
			return err
		}
		g.AtLeastBasic = ptr(noShare(ReasonJoined))
		if whole && slices.ContainsFunc(wide, func(w ageGroup) bool { return slices.Equal(w, ages) }) {
			if g.AtLeastBasic, err = b.basicShare(f, "age/"+g.ID, ofAges(ages)); err != nil {
				return err
			}
		}
		if len(ages) > 1 {
			g.Includes = ages.names()
			for _, id := range g.Includes {
				if id != g.ID {
					b.release.Breakdowns["age"] = append(b.release.Breakdowns["age"], Group{ID: id, Mean: noMean(ReasonJoined), Suppressed: true})
				}
			}
		}
		b.release.Breakdowns["age"] = append(b.release.Breakdowns["age"], g)
	}
	if !whole {
		return nil
	}
	for _, ages := range wide {
		g, err := row("age", ages.id(), ofAges(ages))
		if err != nil {
			return err
		}
		if len(ages) > 1 {
			g.Includes = ages.names()
		}
		if g.AtLeastBasic, err = b.basicShare(f, "age/"+g.ID, ofAges(ages)); err != nil {
			return err
		}
		b.release.Breakdowns["age_basic"] = append(b.release.Breakdowns["age_basic"], g)
	}
	return nil
}

func ofAges(g ageGroup) func(class int) bool {
	return func(c int) bool { return slices.Contains(g, ageOfFine[c%fineAges]) }
}

func (g ageGroup) names() (out []string) {
	for _, a := range g {
		out = append(out, string(sitting.AgeGroups[a]))
	}
	return out
}

// split tells whether at least ten people of a group have reached the basic
// level and at least ten have not. A group that is all of one kind tells the
// result of each of its people.
func (f *frame) split(in func(int) bool) bool {
	reached := f.total(f.field(bReached), in)
	return reached >= weighting.MinClass && f.total(f.field(bN), in)-reached >= weighting.MinClass
}

// basicAges joins ages until every group is split. The groups cover all ages, so
// there is nothing left over that a total could give away.
func (f *frame) basicAges(m *Margins, own []ageGroup) (groups []ageGroup, ok bool) {
	return joinAges(m.Join, func(g ageGroup) bool {
		for _, o := range own {
			inside := 0
			for _, a := range o {
				if slices.Contains(g, a) {
					inside++
				}
			}
			if inside > 0 && inside < len(o) {
				return false
			}
		}
		return f.split(ofAges(g))
	})
}

// basicShare is the share at least basic of a group of which both kinds count ten.
func (b *built) basicShare(f *frame, name string, in func(int) bool) (*Share, error) {
	e, err := f.share(f.field(bReached), f.field(bN), in)
	if err != nil {
		return nil, err
	}
	b.counts[name+"/all"] = e.N
	s := shareOf(e)
	return s.rounded(), nil
}

// addDomains gives the breakdowns by district and mode. They are not weighted
// to totals of their own.
func (b *built) addDomains(f *frame, _ *Margins, _ *Variant) error {
	for _, d := range []struct {
		name string
		by   domain
	}{{"district", byDistrict}, {"mode", byMode}} {
		ids := f.l.domainIDs(d.by)
		n := make([]int64, len(ids))
		for i := range ids {
			n[i] = f.total(f.domainField(d.by, i, bScore+mN), nil)
		}
		for i, why := range protect(n) {
			row := Group{ID: ids[i]}
			switch why {
			case "":
				mean, err := f.groupMean(f.domainField(d.by, i, bScore), nil)
				if err != nil {
					return err
				}
				row.Mean = mean
				row.N = ptr(n[i])
				b.counts[d.name+"/"+ids[i]] = n[i]
			case ReasonNobody:
				row.Mean = noMean(why)
				row.N = ptr(int64(0))
				b.counts[d.name+"/"+ids[i]] = 0
			default:
				row.Mean, row.Suppressed = noMean(why), true
			}
			b.release.Breakdowns[d.name] = append(b.release.Breakdowns[d.name], row)
		}
	}
	var all, self int64
	for c := range classes {
		all += f.count(c, bN)
		self += f.v[f.l.domainBlock(c, byMode, 0)+bN]
	}
	b.release.Assisted = ptr(roundTo(float64(all-self)/float64(max(1, all)), 0.01))
	return nil
}
