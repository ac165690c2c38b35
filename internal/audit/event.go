package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"regexp"
	"strconv"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Event is one act. Every field is a pseudonymous id or a code of ASCII letters,
// digits and . _ : / -, at most 160 bytes: nobody's name, address or free text.
type Event struct {
	Actor   string // who: id of a person, "system", "operator", "anonymous"
	Action  string // what, dotted: "person.read", "role.grant"
	Subject string // to what: kind and id, "person:p…", "place:lib-1"; empty for none
	Where   string // from where: "web", "cli", "venue:lib-1", "job"; never an address
	Why     string // reason code or reference: "own", "duty", "request:1042"; empty for none
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,159}$`)

// longNumber finds what could be a phone, a card or a tax number: such digits do
// not enter the log even inside a code.
var longNumber = regexp.MustCompile(`(^|[^A-Za-z0-9])[0-9]{9,}($|[^A-Za-z0-9])`)

// Check names the fields that are no codes. Errors: Invalid.
func (e Event) Check() error {
	var bad []fault.Field
	for _, f := range [...]struct {
		name, value string
		required    bool
	}{{"actor", e.Actor, true}, {"action", e.Action, true}, {"subject", e.Subject, false}, {"where", e.Where, true}, {"why", e.Why, false}} {
		if f.value == "" && !f.required {
			continue
		}
		if !codeForm.MatchString(f.value) || longNumber.MatchString(f.value) {
			bad = append(bad, fault.Field{Pointer: "/" + f.name, Key: "audit.not_a_code"})
		}
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

// Row is a stored event with its place in a chain.
type Row struct {
	store.Doc
	Chain   string     `json:"chain"` // the process run
	N       int64      `json:"n"`     // 1, 2, 3 … in the chain
	At      store.Time `json:"at"`
	Actor   string     `json:"actor"`
	Action  string     `json:"action"`
	Subject string     `json:"subject,omitempty"`
	Where   string     `json:"where"`
	Why     string     `json:"why,omitempty"`
	Prev    string     `json:"prev"` // hash of row N-1; of the chain's name for row 1
	Hash    string     `json:"hash"` // SHA-256 over all of the above, hex
}

// Indexes of the log.
const (
	indexChain   = "chain"
	indexAt      = "at"
	indexActor   = "actor"
	indexAction  = "action"
	indexSubject = "subject"
)

// Spec declares the collection of rows.
var Spec = store.Spec{Name: "audit", Indexes: []store.Index{
	{Name: indexChain, Fields: []string{"chain", "n"}},
	{Name: indexAt, Fields: []string{"at"}},
	{Name: indexActor, Fields: []string{"actor", "at"}},
	{Name: indexAction, Fields: []string{"action", "at"}},
	{Name: indexSubject, Fields: []string{"subject", "at"}},
}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{Spec} }

func rowID(chain string, n int64) string {
	s := strconv.FormatInt(n, 10)
	return chain + ":" + "0000000000"[min(len(s), 10):] + s
}

// origin is what stands in for the hash before row 1.
func origin(chain string) string {
	sum := sha256.Sum256([]byte("osvitlo audit chain " + chain))
	return hex.EncodeToString(sum[:])
}

// sum hashes the fields, each with its length in front, so that no two rows
// share a text.
func (r *Row) sum() string {
	h := sha256.New()
	var n [8]byte
	for _, s := range [...]string{r.Chain, strconv.FormatInt(r.N, 10), r.At.String(),
		r.Actor, r.Action, r.Subject, r.Where, r.Why, r.Prev} {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}
