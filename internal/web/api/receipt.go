package api

import (
	"encoding/json"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
)

// Receipt is the answer to a submitted sitting (CONTRACT §4). Scores are
// unrounded, 0 to 100, and null where they are not known.
type Receipt struct {
	ID        string   `json:"id"`
	State     string   `json:"state"`
	Reasons   []string `json:"reasons"`
	Score     Score    `json:"score"`
	ResultKey string   `json:"result_key"`
	Links     Links    `json:"links"`
}

// Score is the score of a receipt. Low and High are one standard error of
// measurement below and above Overall, LevelLow and LevelHigh their levels.
type Score struct {
	Form      string   `json:"form"` // full, stopped or none
	Overall   *float64 `json:"overall"`
	SEM       *float64 `json:"sem"`
	Level     *string  `json:"level"`
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	LevelLow  *string  `json:"level_low"`
	LevelHigh *string  `json:"level_high"`
	Areas     []Area   `json:"areas"`
	Method    int      `json:"method"`
}

// Area is one area of the framework and how it stands to the person's own overall.
type Area struct {
	ID    string   `json:"id"`
	Value *float64 `json:"value"`
	SEM   *float64 `json:"sem"`
	Word  string   `json:"word"` // stronger, same, start-here or unknown
}

// Links are relative addresses.
type Links struct {
	Result string `json:"result"` // opens the result page; whoever has it can read and erase
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func receipt(out *sitting.Outcome) Receipt {
	doc := out.Sitting
	r := Receipt{ID: doc.ID, State: string(doc.State), Reasons: doc.Reasons, ResultKey: out.Key,
		Links: Links{Result: "/results/" + doc.ID + "?key=" + out.Key}}
	if r.Reasons == nil {
		r.Reasons = []string{}
	}
	r.Score.Areas = []Area{}
	if s := doc.Score; s != nil {
		r.Score = Score{Form: string(s.Form), Overall: s.Overall, SEM: s.SEM, Level: textOrNull(s.Level),
			Low: s.Low, High: s.High, LevelLow: textOrNull(s.LevelLow), LevelHigh: textOrNull(s.LevelHigh),
			Method: s.Method, Areas: make([]Area, len(s.Areas))}
		for i, a := range s.Areas {
			r.Score.Areas[i] = Area{ID: a.ID, Value: a.Value, SEM: a.SEM, Word: string(a.Word)}
		}
	}
	return r
}

// Whole is a receipt with what the person gave, for who holds the key.
type Whole struct {
	Receipt
	Instrument  string             `json:"instrument"`
	Version     int                `json:"version"`
	Language    string             `json:"language"`
	Mode        string             `json:"mode"`
	Purpose     string             `json:"purpose"`
	Consent     []string           `json:"consent"`
	Respondent  sitting.Respondent `json:"respondent"`
	Answers     instrument.Answers `json:"answers"` // on the path
	StartedAt   string             `json:"started_at"`
	SubmittedAt string             `json:"submitted_at"`
	ReceivedAt  string             `json:"received_at"`
}

func wholeReceipt(out *sitting.Outcome) Whole {
	d := out.Sitting
	w := Whole{Receipt: receipt(out), Instrument: d.Instrument, Version: d.Version, Language: d.Language,
		Mode: string(d.Mode), Purpose: string(d.Purpose), Consent: d.Consent, Respondent: d.Respondent,
		Answers: d.Answers, StartedAt: d.Started.String(), SubmittedAt: d.Submitted.String(), ReceivedAt: d.Received.String()}
	if w.Consent == nil {
		w.Consent = []string{}
	}
	if w.Answers == nil {
		w.Answers = instrument.Answers{}
	}
	return w
}

func answer(c *gin.Context, code int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only numbers that are not finite, and scoring gives none
		_ = c.AbortWithError(500, err)
		return
	}
	c.Data(code, typeJSON, body)
}
