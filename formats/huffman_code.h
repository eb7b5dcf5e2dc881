// Huffman codes as deflate has them (RFC 1951, 3.2.2). Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace annofs {

struct HuffmanCode {
  std::vector<uint8_t> lengths;  // by symbol; 0: it does not occur
  std::vector<uint16_t> bits;    // by symbol, to be written from the lowest bit on
};

// A code for symbols of these frequencies, none longer than `longest`. One symbol alone gets one
// bit; none at all: all lengths are 0. REQUIRES: at most 2^longest symbols.
HuffmanCode MakeHuffmanCode(std::vector<uint32_t> frequencies, int longest);

}  // namespace annofs
