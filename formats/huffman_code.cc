#include "formats/huffman_code.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace annofs {
namespace {

struct Node {
  uint64_t frequency = 0;
  int32_t parent = -1;
};

// Depths of the leaves of Huffman's tree, in order of frequency. Two queues: leaves, and the inner
// nodes, which are made in order of frequency.
std::vector<int> Depths(const std::vector<uint32_t>& sorted) {
  const size_t leaves = sorted.size();
  std::vector<Node> nodes;
  nodes.reserve(2 * leaves);
  for (uint32_t frequency : sorted) nodes.push_back({frequency});
  size_t leaf = 0, inner = leaves;
  auto take_least = [&]() {
    const bool is_leaf =
        leaf < leaves && (inner == nodes.size() || nodes[leaf].frequency <= nodes[inner].frequency);
    return is_leaf ? leaf++ : inner++;
  };
  while (nodes.size() < 2 * leaves - 1) {
    const size_t a = take_least(), b = take_least();
    nodes[a].parent = nodes[b].parent = int32_t(nodes.size());
    nodes.push_back({nodes[a].frequency + nodes[b].frequency});
  }
  std::vector<int> depths(nodes.size());
  for (size_t i = nodes.size() - 1; i-- > 0;) depths[i] = depths[size_t(nodes[i].parent)] + 1;
  depths.resize(leaves);
  return depths;
}

uint16_t Reversed(uint32_t code, int length) {
  uint32_t reversed = 0;
  for (int i = 0; i < length; ++i) reversed |= (code >> i & 1) << (length - 1 - i);
  return uint16_t(reversed);
}

constexpr int kLongest = 15;

void AssignBits(HuffmanCode& code) {
  std::array<uint32_t, kLongest + 2> next = {};
  for (uint8_t length : code.lengths) ++next[length + size_t{1}];
  next[0] = next[1] = 0;
  for (size_t length = 1; length < next.size(); ++length) {
    next[length] = (next[length] + next[length - 1]) << 1;
  }
  // next[n + 1] counted those of n bits: the first code of n bits is now in next[n].
  code.bits.resize(code.lengths.size());
  for (size_t symbol = 0; symbol < code.lengths.size(); ++symbol) {
    const int length = code.lengths[symbol];
    if (length > 0) code.bits[symbol] = Reversed(next[size_t(length)]++, length);
  }
}

}  // namespace

HuffmanCode MakeHuffmanCode(std::vector<uint32_t> frequencies, int longest) {
  HuffmanCode code;
  code.lengths.assign(frequencies.size(), 0);
  std::vector<size_t> symbols;
  for (size_t i = 0; i < frequencies.size(); ++i) {
    if (frequencies[i] > 0) symbols.push_back(i);
  }
  if (symbols.size() == 1) code.lengths[symbols[0]] = 1;
  if (symbols.size() > 1) {
    std::stable_sort(symbols.begin(), symbols.end(),
                     [&](size_t a, size_t b) { return frequencies[a] < frequencies[b]; });
    // Flatter frequencies make a flatter tree: at worst all are 1. Their order stays.
    for (bool is_too_long = true; is_too_long;) {
      std::vector<uint32_t> sorted;
      for (size_t symbol : symbols) sorted.push_back(frequencies[symbol]);
      const std::vector<int> depths = Depths(sorted);
      is_too_long = *std::max_element(depths.begin(), depths.end()) > longest;
      for (size_t i = 0; i < symbols.size(); ++i) {
        code.lengths[symbols[i]] = uint8_t(depths[i]);
        frequencies[symbols[i]] = (frequencies[symbols[i]] + 1) / 2;
      }
    }
  }
  AssignBits(code);
  return code;
}

}  // namespace annofs
