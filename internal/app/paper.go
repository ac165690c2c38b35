package app

import (
	"bytes"
	"image/color"
	"sync"

	"osvitlo/internal/canvas"
	"osvitlo/internal/institution/paper"
)

// papers writes the documents of rounds and institutions.
func (a *App) papers(s site) *paper.Desk {
	names := a.variableNames()
	return &paper.Desk{City: a.onPaper(s), Bodies: a.Institutions, Rounds: a.Rounds, Now: a.now, Name: func(id string) string { return names[id].UK }}
}

// onPaper is the city as documents name it.
func (a *App) onPaper(s site) paper.City {
	return paper.City{Name: s.city.Name.UK, Owner: s.city.Owner.UK, Decree: s.city.Decree.UK, Phone: s.city.Phone, Hours: s.city.Hours.UK, Origin: a.config.PublicURL}
}

// demoOrder is a picture that stands for the signed order of the invented city.
var demoOrder = sync.OnceValues(func() ([]byte, error) {
	c := canvas.New(620, 877, color.White)
	black := color.NRGBA{A: 255}
	c.Text(canvas.Box{X: 60, Y: 90, W: 500, H: 60}, canvas.Style{Size: 30, Bold: true, Color: black}, "НАКАЗ")
	c.Text(canvas.Box{X: 60, Y: 170, W: 500, H: 400}, canvas.Style{Size: 20, Color: black}, "Демонстраційні дані: тут стоїть підписаний наказ про моніторинг. У ньому є обіцянка: «"+paper.Promise+"»")
	var b bytes.Buffer
	err := c.PNG(&b)
	return b.Bytes(), err
})
