package lesson

import (
	"slices"
	"strconv"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Check is a self-check: one item with explanations. It counts for nothing but
// the learner's own progress.
type Check struct {
	Item *instrument.Item `json:"item"`
}

// CheckTypes are the item types a self-check and a final check may have.
var CheckTypes = []instrument.Type{instrument.Single, instrument.Multiple, instrument.Ordering, instrument.Matching, instrument.Spot}

// Texts visits the item's texts; lead and options may quote others.
func (c *Check) Texts(visit func(string, i18n.Text, Voice)) {
	if c.Item != nil {
		itemTexts("/item", c.Item, visit)
	}
}

// Media is the item's picture.
func (c *Check) Media() []Media {
	if c.Item == nil || c.Item.Picture == nil {
		return nil
	}
	return []Media{{"/item/picture/media", c.Item.Picture.Media, MediaPicture}}
}

// lint leaves the item to LintItem: content calls it with the day.
func (c *Check) lint(*Lesson, *instrument.Report, string) {}

func itemTexts(at string, it *instrument.Item, visit func(string, i18n.Text, Voice)) {
	visit(at+"/stem", it.Stem, Plain)
	visit(at+"/lead", it.Lead, Quoted)
	visit(at+"/hint", it.Hint, Plain)
	if it.Scene != nil {
		visit(at+"/scene/title", it.Scene.Title, Plain)
	}
	sides := []struct {
		name string
		list []instrument.Option
	}{{"options", it.Options}, {"left", it.Left}, {"right", it.Right}}
	for _, s := range sides {
		for i, o := range s.list {
			where := at + "/" + s.name + "/" + strconv.Itoa(i)
			visit(where+"/text", o.Text, Quoted)
			visit(where+"/reason", o.Reason, Plain)
		}
	}
	visit(at+"/explain", it.Explain, Plain)
}

// LintItem reports what is wrong with an item inside a lesson or a final check:
// the rules of items, except that English may be missing as a whole, and that
// every wrong answer must be explained.
func LintItem(it *instrument.Item, at string, r *instrument.Report, lint []instrument.Finding) {
	if !slices.Contains(CheckTypes, it.Type) {
		r.Error(at+"/type", "check-type", "a check cannot be of type «"+string(it.Type)+"»", "use single, multiple, ordering, matching or spot")
		return
	}
	for _, f := range lint {
		if f.Rule == "language-missing" || f.Rule == "valid-until" {
			continue
		}
		f.Pointer = at + f.Pointer
		r.Findings = append(r.Findings, f)
	}
	var english, bare []string
	itemTexts("", it, func(pointer string, t i18n.Text, _ Voice) {
		switch {
		case t.IsZero():
		case t.EN == "":
			bare = append(bare, pointer)
		default:
			english = append(english, pointer)
		}
	})
	if len(english) > 0 && len(bare) > 0 {
		r.Error(at+bare[0], "english-half", "the item is half in English", "write en: here too, or nowhere in the item")
	}
	if len(it.Key.IDs) == 0 {
		return // reported, or matching
	}
	for i, o := range it.Options {
		right := slices.Contains(it.Key.IDs, o.ID)
		if it.Type == instrument.Ordering || (right && it.Type != instrument.Spot) || !o.Reason.IsZero() {
			continue
		}
		r.Error(at+"/options/"+strconv.Itoa(i), "reason-missing", "«"+o.ID+"» does not say why it is right or wrong", "add reason: {uk}")
	}
}
