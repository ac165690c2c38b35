package place

import (
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// ImportState is how far an import has come.
type ImportState string

// The states.
const (
	ImportRead    ImportState = "read"    // uploaded and looked through
	ImportDone    ImportState = "done"    // its rows are in the register
	ImportUndone  ImportState = "undone"  // taken back
	ImportWorking ImportState = "working" // rows are being written or taken back
)

// Import is a file of places with what was found in it.
type Import struct {
	store.Doc
	File    string            `json:"file"` // in package media
	Name    string            `json:"name"` // as it came
	Size    int64             `json:"size"`
	By      person.ID         `json:"by"`
	Made    store.Time        `json:"made"`
	State   ImportState       `json:"state"`
	Format  string            `json:"format"`            // csv, xlsx, geojson
	Charset string            `json:"charset,omitempty"` // of CSV
	Comma   string            `json:"comma,omitempty"`   // of CSV
	Head    []string          `json:"head,omitempty"`
	Columns map[string]string `json:"columns,omitempty"` // field -> column head
	Twins   Twins             `json:"twins"`
	Report  *Report           `json:"report,omitempty"`
	Undo    bool              `json:"undo,omitempty"` // what is being worked on is taking back
	Written int               `json:"written"`
	Kept    int               `json:"kept"` // not taken back: changed since
}

type importRow struct {
	store.Doc
	Import string `json:"import"`
	N      int    `json:"n"`
	Place  string `json:"place"`
	Rev    int64  `json:"after"` // revision the import left
	Before *Place `json:"before,omitempty"`
}

const (
	indexMade   = "made"
	indexImport = "import"
)

var (
	importSpec    = store.Spec{Name: "place_imports", Indexes: []store.Index{{Name: indexMade, Fields: []string{"made"}}}}
	importRowSpec = store.Spec{Name: "place_import_rows", Indexes: []store.Index{{Name: indexImport, Fields: []string{"import", "n"}}}}
)

// Twins says what to do with rows that are in the register already.
type Twins string

// The ways.
const (
	TwinsSkip   Twins = "skip"
	TwinsUpdate Twins = "update"
)

// Problem is what is wrong with a row, or worth knowing.
type Problem struct {
	Row    int            `json:"row"`              // as a person counts in the file: the head is row 1
	Column string         `json:"column,omitempty"` // head of the column
	Value  string         `json:"value,omitempty"`  // what stood there, cut
	Key    string         `json:"key"`
	Args   map[string]any `json:"args,omitempty"`
	Warn   bool           `json:"warn,omitempty"` // the row goes in all the same
}

// Report is what a dry run found.
type Report struct {
	Rows     int       `json:"rows"`
	New      int       `json:"new"`
	Twin     int       `json:"twin"` // in the register already
	Same     int       `json:"same"` // twins of another row of the file
	Wrong    int       `json:"wrong"`
	NoPoint  int       `json:"no_point"`
	Problems []Problem `json:"problems,omitempty"` // the first of them
	More     int       `json:"more"`               // problems beyond
}
