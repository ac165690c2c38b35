package account

import (
	"html/template"

	"osvitlo/internal/web/page"
)

// Picture is a picture of a card with its name.
type Picture struct {
	ID   string
	Name string
	Pic  template.HTML
}

func (h *Handlers) picture(id, lang string) Picture {
	pic, err := page.CardPicture(id)
	if err != nil {
		h.o.Log.Error("a picture of a card is missing", "picture", id) // a test holds that none is
	}
	return Picture{ID: id, Name: h.o.Words.Lang(lang).T("account.picture."+id, nil), Pic: pic}
}
