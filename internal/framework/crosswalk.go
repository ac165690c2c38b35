package framework

import "osvitlo/internal/i18n"

// Crosswalk aligns the Ukrainian framework with DigComp 2.2 and DigComp 3.0.
type Crosswalk struct {
	ID         string         `json:"id"`
	Title      i18n.Text      `json:"title"`
	Frameworks []string       `json:"frameworks"`
	Source     Source         `json:"source"`
	Certainty  Certainty      `json:"certainty"`
	Note       i18n.Text      `json:"note,omitzero"`
	Rows       []CrosswalkRow `json:"rows"`
	Versions   []VersionRow   `json:"versions,omitempty"`
}

// CrosswalkRow is one Ukrainian competence and what it corresponds to. An empty
// list means: no number there.
type CrosswalkRow struct {
	UA        string    `json:"ua"`
	Relation  Relation  `json:"relation"`
	DigComp22 []string  `json:"digcomp22"`
	DigComp30 []string  `json:"digcomp30"`
	Certainty Certainty `json:"certainty"`
}

// VersionRow says how a DigComp competence changed from 2.2 to 3.0.
type VersionRow struct {
	DigComp22 string    `json:"digcomp22"`
	DigComp30 string    `json:"digcomp30"`
	Change    string    `json:"change"` // same or title
	Certainty Certainty `json:"certainty"`
}

// Indicator is the Eurostat Digital Skills Indicator 2.0 as data (METHOD §3b).
type Indicator struct {
	ID          string            `json:"id"`
	Title       i18n.Text         `json:"title"`
	Source      Source            `json:"source"`
	Certainty   Certainty         `json:"certainty"`
	Translation Certainty         `json:"translation,omitempty"`
	Ages        Span              `json:"ages"`
	Months      int               `json:"months"`
	Note        i18n.Text         `json:"note,omitzero"`
	Sources     []IndicatorSource `json:"sources,omitempty"`
	Areas       []IndicatorArea   `json:"areas"`
	Levels      []IndicatorLevel  `json:"levels"`
	Headline    IndicatorHeadline `json:"headline,omitzero"`
}

// Span is a closed range of whole numbers.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// IndicatorSource is one of the sources of an indicator.
type IndicatorSource struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	URL       string    `json:"url,omitempty"`
	Certainty Certainty `json:"certainty"`
}

// IndicatorArea is one area: the activities counted and the lowest counts for
// "basic" and "above basic".
type IndicatorArea struct {
	ID         string              `json:"id"`
	Number     string              `json:"number"`
	Code       string              `json:"code"`
	Title      i18n.Text           `json:"title"`
	Activities int                 `json:"activities"`
	Basic      int                 `json:"basic"`
	Above      int                 `json:"above"`
	Certainty  Certainty           `json:"certainty"`
	Maps       []string            `json:"maps,omitempty"` // areas of our framework
	Item       string              `json:"item"`           // the multiple-choice item that asks them
	Note       string              `json:"note,omitempty"`
	List       []IndicatorActivity `json:"list"`
}

// IndicatorActivity is one activity: the option of the item that counts.
type IndicatorActivity struct {
	ID        string    `json:"id"`
	Code      string    `json:"code"`
	Maps      []string  `json:"maps,omitempty"` // nearest competences of ours, inferred
	Label     string    `json:"label"`
	Certainty Certainty `json:"certainty"`
}

// IndicatorLevel is an overall level and what it needs.
type IndicatorLevel struct {
	ID                string    `json:"id"`
	Order             int       `json:"order"`
	Code              string    `json:"code"`
	Title             i18n.Text `json:"title"`
	Need              string    `json:"need,omitempty"` // above_all, basic_all, no_internet
	AreasAtLeastBasic *int      `json:"areas_at_least_basic,omitempty"`
	Certainty         Certainty `json:"certainty"`
}

// IndicatorHeadline is the share the indicator is known by.
type IndicatorHeadline struct {
	ID        string    `json:"id"`
	Code      string    `json:"code"`
	Of        string    `json:"of"`
	Certainty Certainty `json:"certainty"`
	Note      string    `json:"note,omitempty"`
}
