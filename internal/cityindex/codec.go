package cityindex

import (
	"encoding/base64"
	"encoding/binary"

	"osvitlo/internal/fault"
)

// layoutVersion changes whenever the meaning of a place in a vector does; a
// stored vector of another version is never read, the cells are rebuilt instead.
const layoutVersion = 1

// encodeSums writes sums as text: signed varints, a run of zeros as 0 and its
// length, in base64. Mostly empty vectors of thousands of sums stay small.
func encodeSums(v []int64) string {
	b := make([]byte, 0, len(v))
	for i := 0; i < len(v); {
		if v[i] != 0 {
			b = binary.AppendVarint(b, v[i])
			i++
			continue
		}
		run := i
		for i < len(v) && v[i] == 0 {
			i++
		}
		b = append(b, 0)
		b = binary.AppendUvarint(b, uint64(i-run))
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

// decodeSums reads what encodeSums wrote; the length must be exactly n.
func decodeSums(s string, n int) ([]int64, error) {
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil, fault.Newf(fault.Internal, "", "stored sums: %w", err)
	}
	v := make([]int64, 0, n)
	for len(b) > 0 {
		x, used := binary.Varint(b)
		if used <= 0 {
			return nil, fault.Newf(fault.Internal, "", "stored sums are cut short")
		}
		b = b[used:]
		if x != 0 {
			v = append(v, x)
		} else {
			run, used := binary.Uvarint(b)
			if used <= 0 || run > uint64(n-len(v)) {
				return nil, fault.Newf(fault.Internal, "", "stored sums have a wrong run")
			}
			b = b[used:]
			v = v[:len(v)+int(run)]
		}
		if len(v) > n {
			break
		}
	}
	if len(v) != n {
		return nil, fault.Newf(fault.Internal, "", "%d stored sums instead of %d", len(v), n)
	}
	return v, nil
}
