// Texts that were damaged by chance, the same for the same seed: bits flipped, pieces cut out,
// doubled, moved from other texts, numbers made huge, brackets nested. Not thread safe.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs::testing {

class Mutator {
 public:
  // `others`: where spliced pieces come from; may be empty.
  Mutator(uint64_t seed, std::vector<std::string> others);

  // `text` after one to four mutations. At most some 100 KB longer.
  std::string Mutate(std::string text);

  // A number from 0 to `below` - 1.
  size_t Draw(size_t below);

 private:
  void MutateOnce(std::string& text);
  void ReplaceNumber(std::string& text);
  void Splice(std::string& text);
  // A piece of the text: where it begins, and how long it is.
  std::pair<size_t, size_t> Piece(const std::string& text);

  std::mt19937_64 random_;
  const std::vector<std::string> others_;
};

}  // namespace annofs::testing
