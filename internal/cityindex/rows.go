package cityindex

import (
	"cmp"
	"context"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
)

// rowsAsOf visits the index rows of a wave as they stood when each gate had
// reached its seq. A sitting changed since tells its earlier rows itself, until
// the tombstone of an erasure has lost them.
func rowsAsOf(ctx context.Context, src Source, wave string, flushed [gates]int64, visit func(id string, row *sitting.Row, g gate, class int)) (err error) {
	defer fault.Wrap(&err, "cityindex.rowsAsOf")
	reader := &follower{}
	for e, err := range src.Entries(ctx, 0) {
		if err != nil {
			return err
		}
		tally, ok := reader.parse(e)
		if !ok {
			continue
		}
		for g := range flushed {
			row, stood := tally.Now, e.Seq
			for i := len(tally.Was) - 1; i >= 0 && stood > flushed[g]; i-- {
				row, stood = &tally.Was[i].Row, tally.Was[i].Seq
			}
			if row == nil || stood > flushed[g] || row.Wave != wave {
				continue
			}
			if own, class, _, ok := gateOf(row); ok && int(own) == g {
				visit(e.ID, row, own, class)
			}
		}
	}
	return nil
}

// factRow is what the table of drivers needs of one weightable row.
type factRow struct {
	class, district, mode, net, level int8 // level −1: not tested
	reached                           bool
	y                                 sitting.Points // Missing: not tested
}

func (a factRow) compare(b factRow) int {
	return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.district, b.district), cmp.Compare(a.mode, b.mode),
		cmp.Compare(a.net, b.net), cmp.Compare(a.y, b.y), cmp.Compare(a.level, b.level))
}

// rowSet is one reading of the rows of a wave, for what sums cannot give.
type rowSet struct {
	facts    []factRow // sorted, so that the order of arrival leaves no trace
	invited  *Wave
	sound    *Wave              // without the doubtful rows
	doubtful int64              // how many those are
	byID     map[string]factRow // nil unless people of two waves are matched
}

// collect reads the rows of a wave once; ids keeps them by sitting too.
func collect(ctx context.Context, src Source, l layout, wave string, flushed [gates]int64, ids bool) (*rowSet, error) {
	out := &rowSet{}
	if ids {
		out.byID = map[string]factRow{}
	}
	return out, out.read(ctx, src, l, wave, flushed, nil)
}

// collectWith reads the rows of a wave and adds them up as well.
func collectWith(ctx context.Context, src Source, l layout, wave string, flushed [gates]int64, all *Wave) (*rowSet, error) {
	out := &rowSet{}
	return out, out.read(ctx, src, l, wave, flushed, all)
}

func (out *rowSet) read(ctx context.Context, src Source, l layout, wave string, flushed [gates]int64, all *Wave) error {
	out.invited, out.sound = newWave(l), newWave(l)
	err := rowsAsOf(ctx, src, wave, flushed, func(id string, row *sitting.Row, g gate, class int) {
		if all != nil {
			all.apply(l, row, g, class, 1)
		}
		if row.Doubtful {
			out.doubtful++
		} else {
			out.sound.apply(l, row, g, class, 1)
		}
		if row.Evidence == sitting.EvidenceInvited {
			out.invited.apply(l, row, g, class, 1)
		}
		if g == gateUnweightable {
			return
		}
		f := factRow{class: int8(class), district: int8(l.district(row.District)), mode: int8(max(0, slices.Index(modeIDs[:], string(row.Mode)))),
			net: int8(slices.Index(netIDs[:], string(row.Internet))), level: int8(slices.Index(levelIDs[:], row.Level)), y: sitting.Missing}
		if f.net < 0 {
			f.net = int8(len(netIDs) - 1)
		}
		if row.Role == sitting.RoleTest {
			f.y = row.Overall
			f.reached = row.Reached && row.Internet != sitting.InternetNo
		}
		out.facts = append(out.facts, f)
		if out.byID != nil {
			out.byID[id] = f
		}
	})
	slices.SortFunc(out.facts, factRow.compare)
	return err
}
