// Names of the directories of one directory, made of texts that may be hostile: safe, and unique
// without regard to the case of ASCII letters, as Layout::Directory makes them. Only what is not
// the text itself is kept: 16 bytes each. Filled by one thread, then immutable and thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace annofs {

class ChildNames {
 public:
  // Of the next text; the first of a name keeps it. REQUIRES: ascending numbers.
  void Add(uint32_t number, absl::string_view text);
  // REQUIRES: nothing is added any more.
  void Finish();

  // REQUIRES of these: Finish() was called; `text` is that of the number.
  std::string NameOf(uint32_t number, absl::string_view text) const;
  bool IsChanged(uint32_t number) const { return FindChanged(number) != nullptr; }
  // The numbers whose names have been changed to what may be `name`: NameOf() says whether it is.
  std::vector<uint32_t> MayBeCalled(absl::string_view name) const;

  size_t bytes() const { return (changed_.capacity() + by_name_.capacity() / 4) * sizeof(Changed); }

 private:
  // `nth`: what made it unique, 0 where it is only safe.
  struct Changed {
    uint32_t number = 0, nth = 0;
    uint64_t hash = 0;  // of the name
  };
  const Changed* FindChanged(uint32_t number) const;

  std::vector<Changed> changed_;         // by number
  std::vector<uint32_t> by_name_;        // places in changed_, by hash
  absl::flat_hash_set<uint64_t> taken_;  // hashes of names in lower case, until Finish()
};

}  // namespace annofs
