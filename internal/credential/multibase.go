package credential

import (
	"crypto/ed25519"
	"math/big"
	"strings"

	"osvitlo/internal/fault"
)

// base58 is the alphabet of Bitcoin's base 58, multibase "z".
const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// maxMultibase bounds what is decoded: keys have 34 bytes, signatures 64.
const maxMultibase = 128

var fiftyEight = big.NewInt(58)

// encode58 writes bytes as multibase base58btc.
func encode58(b []byte) string {
	zeros := 0
	for zeros < len(b) && b[zeros] == 0 {
		zeros++
	}
	var digits []byte
	for x, rest := new(big.Int).SetBytes(b), new(big.Int); x.Sign() > 0; {
		x.QuoRem(x, fiftyEight, rest)
		digits = append(digits, base58[rest.Int64()])
	}
	var out strings.Builder
	out.WriteByte('z')
	out.WriteString(strings.Repeat(base58[:1], zeros))
	for i := len(digits) - 1; i >= 0; i-- {
		out.WriteByte(digits[i])
	}
	return out.String()
}

// decode58 reads multibase base58btc. Errors: Invalid.
func decode58(s string) ([]byte, error) {
	if len(s) < 2 || len(s) > maxMultibase || s[0] != 'z' {
		return nil, fault.Newf(fault.Invalid, "", "no multibase base58btc")
	}
	s = s[1:]
	zeros := 0
	for zeros < len(s) && s[zeros] == base58[0] {
		zeros++
	}
	x := new(big.Int)
	for i := range len(s) {
		d := strings.IndexByte(base58, s[i])
		if d < 0 {
			return nil, fault.Newf(fault.Invalid, "", "a sign outside base 58")
		}
		x.Add(x.Mul(x, fiftyEight), big.NewInt(int64(d)))
	}
	return append(make([]byte, zeros), x.Bytes()...), nil
}

// Multicodec prefix of an Ed25519 public key: 0xed as a varint.
const codecHigh, codecLow = 0xed, 0x01

// Multikey writes a public key as a Multikey's publicKeyMultibase.
func Multikey(key ed25519.PublicKey) string {
	return encode58(append([]byte{codecHigh, codecLow}, key...))
}

// ParseMultikey reads a publicKeyMultibase. Errors: Invalid.
func ParseMultikey(s string) (ed25519.PublicKey, error) {
	b, err := decode58(s)
	if err != nil {
		return nil, err
	}
	if len(b) != 2+ed25519.PublicKeySize || b[0] != codecHigh || b[1] != codecLow {
		return nil, fault.Newf(fault.Invalid, "", "no Ed25519 Multikey")
	}
	return ed25519.PublicKey(b[2:]), nil
}
