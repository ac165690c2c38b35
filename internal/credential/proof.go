package credential

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/gowebpki/jcs"

	"osvitlo/internal/fault"
)

// object is a JSON object that is being signed.
type object = map[string]any

// cryptosuite of the Data Integrity proofs.
const cryptosuite = "eddsa-jcs-2022"

// canonical writes a value by JCS (RFC 8785).
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	out, err := jcs.Transform(raw)
	return out, fault.From(err, fault.Internal, "")
}

// hashData is what is signed: SHA-256 of the canonical proof configuration, then
// SHA-256 of the canonical document without its proof (vc-di-eddsa §3.3.4).
func hashData(config, unsecured object) ([]byte, error) {
	c, err := canonical(config)
	if err != nil {
		return nil, err
	}
	d, err := canonical(unsecured)
	if err != nil {
		return nil, err
	}
	first, second := sha256.Sum256(c), sha256.Sum256(d)
	return append(first[:], second[:]...), nil
}

// sign adds a Data Integrity proof to a document and returns its canonical text.
func sign(doc object, method string, key ed25519.PrivateKey, at time.Time) ([]byte, error) {
	proof := object{"type": "DataIntegrityProof", "cryptosuite": cryptosuite, "created": stamp(at),
		"verificationMethod": method, "proofPurpose": "assertionMethod"}
	if c, ok := doc["@context"]; ok {
		proof["@context"] = c
	}
	data, err := hashData(proof, doc)
	if err != nil {
		return nil, err
	}
	proof["proofValue"] = encode58(ed25519.Sign(key, data))
	secured := make(object, len(doc)+1)
	for k, v := range doc {
		secured[k] = v
	}
	secured["proof"] = proof
	return canonical(secured)
}

// Verify checks the Data Integrity proof of a document. keys finds the public key of a
// verification method. Errors: Invalid for whatever is wrong with it.
func Verify(text []byte, keys func(method string) (ed25519.PublicKey, error)) (err error) {
	defer fault.Wrap(&err, "credential.Verify")
	bad := func(why string) error { return fault.Newf(fault.Invalid, "", "%s", why) }
	if len(text) > maxCredential {
		return bad("too long")
	}
	if _, err := jcs.Transform(text); err != nil { // refuses names that stand twice
		return fault.From(err, fault.Invalid, "")
	}
	var doc object
	if err := json.Unmarshal(text, &doc); err != nil {
		return fault.From(err, fault.Invalid, "")
	}
	proof, ok := doc["proof"].(map[string]any)
	if !ok {
		return bad("no proof")
	}
	if proof["type"] != "DataIntegrityProof" || proof["cryptosuite"] != cryptosuite || proof["proofPurpose"] != "assertionMethod" {
		return bad("another kind of proof")
	}
	value, _ := proof["proofValue"].(string)
	method, _ := proof["verificationMethod"].(string)
	signature, err := decode58(value)
	if err != nil {
		return err
	}
	if len(signature) != ed25519.SignatureSize {
		return bad("the signature has another length")
	}
	key, err := keys(method)
	if err != nil {
		return err
	}
	delete(doc, "proof")
	delete(proof, "proofValue")
	if c, ok := proof["@context"]; ok { // the contexts that were signed are those of the document
		mine, err := canonical(c)
		if err != nil {
			return err
		}
		theirs, err := canonical(doc["@context"])
		if err != nil {
			return err
		}
		if string(mine) != string(theirs) {
			return bad("the contexts differ")
		}
	}
	data, err := hashData(proof, doc)
	if err != nil {
		return err
	}
	if !ed25519.Verify(key, data, signature) {
		return bad("the signature does not fit")
	}
	return nil
}

// maxCredential bounds a document that is checked; a status list has some 20 kB.
const maxCredential = 256 << 10

// stamp writes a moment as XML Schema does, in whole seconds of UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
