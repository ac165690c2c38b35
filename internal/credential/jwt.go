package credential

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"time"

	"osvitlo/internal/fault"
)

var raw64 = base64.RawURLEncoding

// signJWT writes a document as a VC-JWT (RFC 7515, VC-JOSE-COSE, Open Badges 3.0 §8.2):
// the payload is the credential itself with the registered claims beside it.
func signJWT(doc object, kid string, key ed25519.PrivateKey, issuer, subject string, from time.Time) (string, error) {
	payload := make(object, len(doc)+4)
	for k, v := range doc {
		payload[k] = v
	}
	payload["iss"], payload["jti"], payload["sub"], payload["nbf"] = issuer, doc["id"], subject, from.Unix()
	body, err := canonical(payload)
	if err != nil {
		return "", err
	}
	head, err := json.Marshal(struct {
		Alg string `json:"alg"`
		Typ string `json:"typ"`
		Cty string `json:"cty"`
		Kid string `json:"kid"`
	}{"EdDSA", "vc+jwt", "vc", kid})
	if err != nil {
		return "", fault.From(err, fault.Internal, "")
	}
	text := raw64.EncodeToString(head) + "." + raw64.EncodeToString(body)
	return text + "." + raw64.EncodeToString(ed25519.Sign(key, []byte(text))), nil
}
