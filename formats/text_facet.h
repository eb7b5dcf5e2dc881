// A facet whose directories are called by texts: it makes their names, and remembers for the
// directories that are in use which names are not their texts. Thread safe.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "formats/child_names.h"
#include "formats/facet.h"

namespace annofs {

// A directory of texts shows so many; who makes a facet tells what of the others becomes of.
inline constexpr uint32_t kMostTexts = 1u << 20;

class TextFacet : public Facet {
 public:
  bool IsReady(FacetDirectory at) const override;
  absl::StatusOr<FacetChild> Find(const Dataset& data, FacetDirectory at,
                                  absl::string_view name) const override;
  absl::Status ForEach(const Dataset& data, FacetDirectory at, uint32_t from,
                       absl::FunctionRef<bool(const FacetChild&)> fn) const override;
  absl::Status ForEachRenamed(
      const Dataset& data, uint32_t level, uint32_t begin, uint32_t end,
      absl::FunctionRef<void(absl::string_view original, absl::string_view name)> fn)
      const override;

 protected:
  using TextFn = absl::FunctionRef<bool(uint32_t number, absl::string_view text)>;
  using NumberedFn =
      absl::FunctionRef<absl::Status(FacetDirectory parent, uint32_t number, absl::string_view)>;

  // True: the texts of that level are good names, different without regard to case, whatever they
  // are: nobody looks at all of them.
  virtual bool AreNames(uint32_t level) const = 0;
  // The texts of a directory's children in order of their numbers, from the first that is not less
  // than `from` on, until `fn` answers false.
  virtual absl::Status ForEachText(const Dataset& data, FacetDirectory at, uint32_t from,
                                   TextFn fn) const = 0;
  // The first child with exactly that text.
  virtual absl::StatusOr<std::optional<uint32_t>> FindText(const Dataset& data, FacetDirectory at,
                                                           absl::string_view text) const = 0;
  // All directories of a level that are numbered [begin, end), in order; of levels below the first
  // none where it is not overridden. Not called for a level of AreNames().
  virtual absl::Status ForEachNumbered(const Dataset& data, uint32_t level, uint32_t begin,
                                       uint32_t end, NumberedFn fn) const;

 private:
  using NamesPtr = std::shared_ptr<const ChildNames>;
  static constexpr size_t kMostTables = 64;
  static constexpr size_t kMostTableBytes = 4 << 20;  // together; the newest stays in any case

  // nullptr: the texts are the names.
  absl::StatusOr<NamesPtr> NamesOf(const Dataset& data, FacetDirectory at) const;
  NamesPtr Known(FacetDirectory at) const;
  void Keep(FacetDirectory at, NamesPtr names) const;
  absl::StatusOr<std::optional<FacetChild>> ChildIfCalled(const Dataset& data, FacetDirectory at,
                                                          const ChildNames* names, uint32_t number,
                                                          absl::string_view name) const;

  mutable absl::Mutex mutex_;
  mutable std::vector<std::pair<FacetDirectory, NamesPtr>> recent_
      ABSL_GUARDED_BY(mutex_);  // newest last
};

}  // namespace annofs
