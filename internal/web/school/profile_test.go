package school

import (
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// a profile counts what was answered: a statement left out is no zero, and an area that
// nothing was answered in is not there.
func TestPartsHoldOnlyWhatWasAnswered(t *testing.T) {
	t.Parallel()
	steps := []instrument.Option{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	ladder := func(id, competence string) *instrument.Item {
		return &instrument.Item{ID: id, Type: instrument.Scale, Competence: competence, Measures: instrument.Ladder, Options: steps, Stem: i18n.Text{UK: id}}
	}
	items := []*instrument.Item{ladder("s1", "edu1.1"), ladder("s2", "edu1.2"), ladder("s3", "edu2.1")}
	list := parts(items, map[string]instrument.Value{"s1": instrument.Word("c")})
	if len(list) != 1 || list[0].id != "edu1" || list[0].said != 1 || list[0].ladder != 1 || list[0].tasks != 0 {
		t.Fatalf("parts = %+v", list)
	}
}

// a person who passes over the slip's code twice, in another alphabet or with dashes, is
// led to the same round; what is no code of a round is left to the accounts.
func TestOnlyCodesOfRoundsAreTaken(t *testing.T) {
	t.Parallel()
	h := &Handlers{}
	for _, text := range []string{"ABCDEF", "", "5pa24ut4mqcosgwuu4i5x4k7wb45fblp", "BKMHPCTXD"} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Params = gin.Params{{Key: "code", Value: text}}
		if mine, err := h.ByCode(c); mine || err != nil {
			t.Errorf("%q is taken: %v, %v", text, mine, err)
		}
	}
}
