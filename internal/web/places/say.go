package places

import (
	"strings"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/place"
	"osvitlo/internal/web/page"
)

// state says whether a place is open, as the list shows it.
func (v *view) state(s place.State) page.Tag {
	switch {
	case !s.Known:
		return page.Tag{Text: v.t("state.unknown")}
	case s.Open && s.Outages:
		return page.Tag{Text: v.t("state.open_outages"), Kind: "sun"}
	case s.Open:
		return page.Tag{Text: v.t("state.open", "Time", hm(s.Until)), Kind: "good"}
	case s.Except != nil:
		return page.Tag{Text: v.t("state.except", "Why", v.t("reason."+string(s.Why)))}
	case s.Until.IsZero():
		return page.Tag{Text: v.t("state.closed")}
	}
	return page.Tag{Text: v.t("state.opens", "When", v.when(s.Until))}
}

// hm writes a moment's hour and minute in Kyiv.
func hm(t time.Time) string { return t.In(i18n.Kyiv).Format("15:04") }

// when writes «сьогодні о 14:00», «завтра о 8:00», «у понеділок о 8:00».
func (v *view) when(t time.Time) string {
	local, now := t.In(i18n.Kyiv), v.now.In(i18n.Kyiv)
	days := int(date(local).Sub(date(now)).Hours()/24 + 0.5)
	clock := local.Format("15:04")
	switch {
	case days <= 0:
		return v.t("when.today", "Time", clock)
	case days == 1:
		return v.t("when.tomorrow", "Time", clock)
	case days < 7:
		return v.t("when.on."+weekday(local), "Time", clock)
	}
	return v.t("when.date", "Date", v.w.Date(local), "Time", clock)
}

func date(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

var weekdays = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func weekday(t time.Time) string { return weekdays[(int(t.Weekday())+6)%7] }

// seen says how new something is: «сьогодні о 9:10», «3 дні тому», a date.
func (v *view) seen(t time.Time) string {
	local, now := t.In(i18n.Kyiv), v.now.In(i18n.Kyiv)
	days := int(date(now).Sub(date(local)).Hours()/24 + 0.5)
	switch {
	case days <= 0:
		return v.t("when.today", "Time", local.Format("15:04"))
	case days == 1:
		return v.t("when.yesterday")
	case days <= 30:
		return v.n("ago", days)
	}
	return v.w.Date(t)
}

// fresh says when a place was last confirmed; bad when that is long ago or never.
func (v *view) fresh(f *place.Face) (text string, bad bool) {
	if f.Confirmed == 0 {
		return v.t("fresh.never"), true
	}
	at := time.Unix(f.Confirmed, 0)
	if f.Fresh == place.Stale {
		return v.t("fresh.stale", "When", v.seen(at)), true
	}
	return v.t("fresh.fresh", "When", v.seen(at)), false
}

// far writes a distance: «400 м», «1,2 км».
func (v *view) far(metres float64) string {
	switch {
	case metres < 0:
		return ""
	case metres < 950:
		return v.t("metres", "N", v.w.Int(max(50, int64(metres+25)/50*50)))
	}
	return v.t("kilometres", "N", v.w.Number(metres/1000, 1))
}

// tags are the short facts of a card.
func (v *view) tags(f *place.Face) (list []string) {
	if f.NoPower == place.Yes {
		list = append(list, v.t("tag.no_power"))
	}
	if f.Shelter == place.Yes {
		list = append(list, v.t("tag.shelter"))
	}
	for _, a := range f.Access {
		if a == place.Step || a == place.Ramp || a == place.Sign {
			list = append(list, v.t("access."+string(a)))
		}
	}
	for _, o := range f.Offers {
		if o == place.Workplaces {
			list = append(list, v.t("tag.computer"))
		}
	}
	return list
}

// line joins what is not empty.
func line(sep string, parts ...string) string {
	var have []string
	for _, p := range parts {
		if p != "" {
			have = append(have, p)
		}
	}
	return strings.Join(have, sep)
}
