package page

import (
	"net/http"
	"time"
)

// patience is how long a reader may take for one piece.
const patience = time.Minute

// Patient writes something long: a film takes longer than a page. What stops it is a
// reader who takes nothing for a minute, not the time of the whole.
func Patient(w http.ResponseWriter) http.ResponseWriter {
	return &patient{ResponseWriter: w, control: http.NewResponseController(w)}
}

// patient moves the deadline with every piece that is taken.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	next    time.Time
}

func (p *patient) Write(b []byte) (int, error) {
	if now := time.Now(); now.After(p.next) {
		_ = p.control.SetWriteDeadline(now.Add(patience)) // a writer that cannot keeps the server's
		p.next = now.Add(patience / 4)
	}
	return p.ResponseWriter.Write(b)
}
