#include "formats/text_facet.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cache/base/names.h"
#include "cache/base/status.h"

namespace annofs {

bool TextFacet::IsReady(FacetDirectory at) const {
  return AreNames(at.level + 1) || Known(at) != nullptr;
}

absl::StatusOr<FacetChild> TextFacet::Find(const Dataset& data, FacetDirectory at,
                                           absl::string_view name) const {
  if (!IsEntryName(name)) return absl::NotFoundError("not a name that a directory can hold");
  ASSIGN_OR_RETURN(const NamesPtr names, NamesOf(data, at));
  std::optional<FacetChild> child;
  ASSIGN_OR_RETURN(const std::optional<uint32_t> number, FindText(data, at, name));
  if (number) {
    ASSIGN_OR_RETURN(child, ChildIfCalled(data, at, names.get(), *number, name));
  }
  if (!child && names != nullptr) {
    for (uint32_t changed : names->MayBeCalled(name)) {
      ASSIGN_OR_RETURN(child, ChildIfCalled(data, at, names.get(), changed, name));
      if (child) break;
    }
  }
  if (!child) return absl::NotFoundError(absl::StrCat("no entry '", name, "'"));
  return *std::move(child);
}

absl::Status TextFacet::ForEach(const Dataset& data, FacetDirectory at, uint32_t from,
                                absl::FunctionRef<bool(const FacetChild&)> fn) const {
  ASSIGN_OR_RETURN(const NamesPtr names, NamesOf(data, at));
  FacetChild child;
  return ForEachText(data, at, from, [&](uint32_t number, absl::string_view text) {
    child.number = number;
    child.name = names == nullptr ? std::string(text) : names->NameOf(number, text);
    return fn(child);
  });
}

absl::Status TextFacet::ForEachRenamed(
    const Dataset& data, uint32_t level, uint32_t begin, uint32_t end,
    absl::FunctionRef<void(absl::string_view original, absl::string_view name)> fn) const {
  if (AreNames(level)) return absl::OkStatus();
  auto tell = [&](FacetDirectory parent, uint32_t number, absl::string_view text) -> absl::Status {
    ASSIGN_OR_RETURN(const NamesPtr names, NamesOf(data, parent));
    if (names != nullptr && names->IsChanged(number)) fn(text, names->NameOf(number, text));
    return absl::OkStatus();
  };
  return ForEachNumbered(data, level, begin, end, tell);
}

absl::Status TextFacet::ForEachNumbered(const Dataset& data, uint32_t level, uint32_t begin,
                                        uint32_t end, NumberedFn fn) const {
  absl::Status status;
  if (level > 1) return status;
  RETURN_IF_ERROR(ForEachText(data, {}, begin, [&](uint32_t number, absl::string_view text) {
    if (number < end) status = fn({}, number, text);
    return number < end && status.ok();
  }));
  return status;
}

absl::StatusOr<std::optional<FacetChild>> TextFacet::ChildIfCalled(const Dataset& data,
                                                                   FacetDirectory at,
                                                                   const ChildNames* names,
                                                                   uint32_t number,
                                                                   absl::string_view name) const {
  std::optional<FacetChild> child;
  RETURN_IF_ERROR(ForEachText(data, at, number, [&](uint32_t found, absl::string_view text) {
    const std::string own = names == nullptr ? std::string(text) : names->NameOf(found, text);
    if (found == number && own == name) child = FacetChild{.name = own, .number = number};
    return false;
  }));
  return child;
}

absl::StatusOr<TextFacet::NamesPtr> TextFacet::NamesOf(const Dataset& data,
                                                       FacetDirectory at) const {
  if (AreNames(at.level + 1)) return nullptr;
  if (NamesPtr known = Known(at)) return known;
  auto names = std::make_shared<ChildNames>();
  RETURN_IF_ERROR(ForEachText(data, at, 0, [&](uint32_t number, absl::string_view text) {
    names->Add(number, text);
    return true;
  }));
  names->Finish();
  Keep(at, names);
  return names;
}

TextFacet::NamesPtr TextFacet::Known(FacetDirectory at) const {
  absl::MutexLock lock(&mutex_);
  auto known = std::find_if(recent_.begin(), recent_.end(),
                            [at](const auto& entry) { return entry.first == at; });
  if (known == recent_.end()) return nullptr;
  std::rotate(known, known + 1, recent_.end());
  return recent_.back().second;
}

void TextFacet::Keep(FacetDirectory at, NamesPtr names) const {
  absl::MutexLock lock(&mutex_);
  recent_.emplace_back(at, std::move(names));
  size_t bytes = 0;
  for (const auto& [directory, table] : recent_) bytes += table->bytes();
  while (recent_.size() > 1 && (recent_.size() > kMostTables || bytes > kMostTableBytes)) {
    bytes -= recent_.front().second->bytes();
    recent_.erase(recent_.begin());
  }
}

}  // namespace annofs
