package statsbench

import (
	"bytes"
	"testing"
)

// FuzzReadCSV: any file gives a table or a fault that names the file.
func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\ufeffa;b\n1,5;x\n", "a\tb\n\"x\ny\"\t2\n", "a,a\n1,2\n", "a,b\n1\n", "", "\xff\xfe", "a,b\n=1+1,NA\n", "a\n\"unclosed"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := ReadCSV(bytes.NewReader(raw), "given.csv")
		if (table == nil) == (err == nil) {
			t.Fatalf("table %v and fault %v", table, err)
		}
		if err != nil && !bytes.Contains([]byte(err.Error()), []byte("given.csv")) {
			t.Fatalf("the fault does not name the file: %v", err)
		}
	})
}

// FuzzParseSpec: any text gives a specification or a fault.
func FuzzParseSpec(f *testing.F) {
	for _, s := range []string{`{}`, `{"design":{"weights":"w","strata":"s","ids":["a","b"],"fpc":"n"},"estimates":[{"mean":"y","by":"g"}]}`,
		`{"margins":{"sex":{"f":10,"m":12}},"trim":{"lower":0.3,"upper":3,"strict":true}}`, `{"margins":{"sex":{"f":-1}}}`, `{"trim":{"lower":3,"upper":0.3}}`,
		`{"estimates":[{"quantile":"y","at":[0.5]}]}`, `[]`, `{"a":`, `{"design":[{},{}],"compare":"y"}`, `null`, `{"margins":[[[[[[]]]]]]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if spec, err := ParseSpec(raw); (spec == nil) == (err == nil) {
			t.Fatalf("spec %v and fault %v", spec, err)
		}
	})
}

// FuzzParseRule: any words give a stop rule that ends, or a fault.
func FuzzParseRule(f *testing.F) {
	for _, s := range []string{"", "express", "certificate", "precision=0.3 or length=20", "0.3,20", "length=-1", "precision=NaN", "min_items=99999999999999999999", "balance;mfi", "randomesque=1e308"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { _, _ = ParseRule(s) })
}
