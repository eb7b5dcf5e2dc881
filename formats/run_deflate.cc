#include "formats/run_deflate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "formats/huffman_code.h"

namespace annofs {
namespace {

constexpr uint32_t kMaxCopy = 258;
constexpr uint32_t kEndOfBlock = 256, kFirstLength = 257;
constexpr size_t kLiterals = 286, kDistances = 30, kLengthSymbols = 19;
constexpr int kLongest = 15, kLongestOfLengths = 7;

// A symbol and the bits behind it that say which of its numbers is meant.
struct Coded {
  uint32_t symbol = 0, extra = 0;
  int extra_bits = 0;
};

// Lengths and distances alike: `per_octave` symbols for each doubling, `first` numbers without
// extra bits (RFC 1951, 3.2.5).
Coded CodeOf(uint32_t number, int octave_bits) {
  const uint32_t per_octave = uint32_t{1} << octave_bits;
  if (number < 2 * per_octave) return {.symbol = number};
  const int bits = std::bit_width(number) - 1 - octave_bits;
  return {.symbol = uint32_t(bits) * per_octave + (number >> bits),
          .extra = number & ((uint32_t{1} << bits) - 1),
          .extra_bits = bits};
}

Coded LengthCode(uint32_t length) {
  if (length == kMaxCopy) return {.symbol = kLiterals - 1};
  Coded code = CodeOf(length - 3, 2);
  code.symbol += kFirstLength;
  return code;
}

Coded DistanceCode(uint32_t distance) { return CodeOf(distance - 1, 1); }

bool IsLiteral(uint32_t token) { return token < 256; }
uint32_t LengthOf(uint32_t token) { return token >> 16; }
uint32_t DistanceOf(uint32_t token) { return (token & 0xffff) + 1; }

// A symbol of the code of code lengths.
struct LengthSymbol {
  uint8_t symbol = 0, extra = 0, extra_bits = 0;
};

// Zeros in runs of 3 to 138, others as they are: half of the symbols never occur.
std::vector<LengthSymbol> PackLengths(const std::vector<uint8_t>& lengths) {
  std::vector<LengthSymbol> packed;
  for (size_t i = 0; i < lengths.size();) {
    if (lengths[i] != 0) {
      packed.push_back({lengths[i++]});
      continue;
    }
    size_t zeros = 1;
    while (zeros < 138 && i + zeros < lengths.size() && lengths[i + zeros] == 0) ++zeros;
    if (zeros < 3) {
      packed.insert(packed.end(), zeros, LengthSymbol{});
    } else if (zeros <= 10) {
      packed.push_back({17, uint8_t(zeros - 3), 3});
    } else {
      packed.push_back({18, uint8_t(zeros - 11), 7});
    }
    i += zeros;
  }
  return packed;
}

constexpr std::array<uint8_t, kLengthSymbols> kLengthOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                              11, 4,  12, 3, 13, 2, 14, 1, 15};

size_t WithoutZeros(const std::vector<uint8_t>& lengths, size_t least) {
  size_t size = lengths.size();
  while (size > least && lengths[size - 1] == 0) --size;
  return size;
}

}  // namespace

void RunDeflate::Copy(uint64_t length, uint32_t distance) {
  while (length > 0) {
    // What is left must be long enough for a copy.
    uint64_t part = std::min<uint64_t>(length, kMaxCopy);
    if (length > part && length - part < kMinCopy) part = length - kMinCopy;
    Add(uint32_t(part) << 16 | (distance - 1));
    length -= part;
  }
}

void RunDeflate::WriteBlock(bool is_last) {
  std::vector<uint32_t> literal_counts(kLiterals), distance_counts(kDistances);
  literal_counts[kEndOfBlock] = 1;
  for (uint32_t token : tokens_) {
    if (IsLiteral(token)) {
      ++literal_counts[token];
    } else {
      ++literal_counts[LengthCode(LengthOf(token)).symbol];
      ++distance_counts[DistanceCode(DistanceOf(token)).symbol];
    }
  }
  const HuffmanCode literals = MakeHuffmanCode(std::move(literal_counts), kLongest);
  const HuffmanCode distances = MakeHuffmanCode(std::move(distance_counts), kLongest);

  // Both tables of lengths, one behind the other, themselves in a code.
  const size_t literal_size = WithoutZeros(literals.lengths, 257);
  const size_t distance_size = WithoutZeros(distances.lengths, 1);
  std::vector<uint8_t> lengths(literals.lengths.begin(),
                               literals.lengths.begin() + std::ptrdiff_t(literal_size));
  lengths.insert(lengths.end(), distances.lengths.begin(),
                 distances.lengths.begin() + std::ptrdiff_t(distance_size));
  const std::vector<LengthSymbol> packed = PackLengths(lengths);
  std::vector<uint32_t> length_counts(kLengthSymbols);
  for (const LengthSymbol& length : packed) ++length_counts[length.symbol];
  const HuffmanCode of_lengths = MakeHuffmanCode(std::move(length_counts), kLongestOfLengths);
  size_t order_size = kLengthSymbols;
  while (order_size > 4 && of_lengths.lengths[kLengthOrder[order_size - 1]] == 0) --order_size;

  auto write = [this](const HuffmanCode& code, uint32_t symbol) {
    WriteBits(code.bits[symbol], code.lengths[symbol]);
  };
  auto write_coded = [&](const HuffmanCode& code, const Coded& coded) {
    write(code, coded.symbol);
    WriteBits(coded.extra, coded.extra_bits);
  };
  WriteBits(is_last ? 1 : 0, 1);
  WriteBits(2, 2);  // codes of its own
  WriteBits(uint32_t(literal_size - 257), 5);
  WriteBits(uint32_t(distance_size - 1), 5);
  WriteBits(uint32_t(order_size - 4), 4);
  for (size_t i = 0; i < order_size; ++i) WriteBits(of_lengths.lengths[kLengthOrder[i]], 3);
  for (const LengthSymbol& length : packed) {
    write(of_lengths, length.symbol);
    WriteBits(length.extra, length.extra_bits);
  }
  for (uint32_t token : tokens_) {
    if (IsLiteral(token)) {
      write(literals, token);
    } else {
      write_coded(literals, LengthCode(LengthOf(token)));
      write_coded(distances, DistanceCode(DistanceOf(token)));
    }
  }
  write(literals, kEndOfBlock);
  tokens_.clear();
}

std::string RunDeflate::Finish() {
  WriteBlock(/*is_last=*/true);
  WriteBits(0, (8 - pending_bits_ % 8) % 8);
  return std::move(out_);
}

}  // namespace annofs
