package survey

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// Campaign is what is measured again and again: its waves share instruments and
// ways of answering unless a wave says otherwise.
type Campaign struct {
	store.Doc
	Title       i18n.Text `json:"title"`
	Instruments []string  `json:"instruments,omitempty"` // slugs; none means every instrument
	Modes       []string  `json:"modes,omitempty"`       // none means all
}

// CampaignSpec declares the collection of campaigns.
var CampaignSpec = store.Spec{Name: "campaigns"}

// maxCampaigns bounds a list.
const maxCampaigns = 1000

// Check names every fault of a campaign.
func (c *Campaign) Check() error {
	var f faults
	if !idForm.MatchString(c.ID) {
		f.add("/id", "wave.id")
	}
	if bad(c.Title) {
		f.add("/title", "wave.title")
	}
	if !known(c.Modes, Modes) {
		f.add("/modes", "wave.mode")
	}
	if len(c.Instruments) > 50 || !slugs(c.Instruments) {
		f.add("/instruments", "wave.instrument")
	}
	return f.err()
}

func slugs(list []string) bool {
	for i, s := range list {
		if !idForm.MatchString(s) {
			return false
		}
		for _, before := range list[:i] {
			if before == s {
				return false
			}
		}
	}
	return true
}

// Campaigns lists the campaigns by id: those stored, and one without a title of
// its own for each wave whose campaign was never written down.
func (s *Service) Campaigns(ctx context.Context) (list []*Campaign, err error) {
	defer fault.Wrap(&err, "survey.Campaigns")
	stored, err := store.Open[Campaign](s.engine, CampaignSpec)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for c, err := range stored.Find(ctx, store.Query{Index: store.BuiltinID, Limit: maxCampaigns}) {
		if err != nil {
			return nil, err
		}
		list = append(list, c)
		have[c.ID] = true
	}
	for _, w := range *s.held.Load() {
		if !have[w.Campaign] {
			have[w.Campaign] = true
			list = append(list, &Campaign{Doc: store.Doc{ID: w.Campaign}, Title: i18n.Text{UK: w.Campaign, EN: w.Campaign}})
		}
	}
	return list, nil
}

// SaveCampaign stores a campaign: a new one with Rev 0, a changed one with the
// revision it was read at. Errors: Invalid with fields, Conflict when somebody
// else was first.
func (s *Service) SaveCampaign(ctx context.Context, c Campaign) (err error) {
	defer fault.Wrap(&err, "survey.SaveCampaign")
	if err := c.Check(); err != nil {
		return err
	}
	stored, err := store.Open[Campaign](s.engine, CampaignSpec)
	if err != nil {
		return err
	}
	if c.Rev == 0 {
		err = stored.Insert(ctx, &c)
	} else {
		err = stored.Replace(ctx, &c)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "wave.changed")
	}
	return err
}
