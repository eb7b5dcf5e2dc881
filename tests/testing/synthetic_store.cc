#include "tests/testing/synthetic_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"

namespace annofs::testing {
namespace {

constexpr uint64_t kBatch = 1000;
constexpr uint64_t kMaxPage = 10000;
constexpr int64_t kYear = int64_t{365} * 24 * 3600 * 1000;
constexpr int64_t kFirstCapture = 1577836800000;  // 2020
constexpr int64_t kFramePeriod = 100;             // 10 pictures a second, none on time
constexpr int64_t kUploadPeriod = 20;

// What a number is mixed for: each use has bits of its own.
enum Use : uint64_t { kOfDirectory = 1, kName, kFrameTime, kWritten, kUpload, kSize, kFile, kSha };

// splitmix64's finisher: 64 bits that look random.
uint64_t Mixed(Use use, uint64_t number) {
  uint64_t bits = number * 16 + use + 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

// absl's formatting would take longer than all the rest.
void AppendDecimal(uint64_t number, size_t digits, std::string& text) {
  text.append(digits, '0');
  for (auto digit = text.rbegin(); number != 0; number /= 10) *digit++ = char('0' + number % 10);
}

void AppendHex(uint64_t number, size_t digits, std::string& text) {
  for (size_t i = digits; i-- > 0;) text += "0123456789abcdef"[number >> (4 * i) & 15];
}

// `_d20211230_m171512` of a time in milliseconds.
void AppendDate(int64_t millis, std::string& text) {
  const std::chrono::sys_seconds when{std::chrono::seconds(millis / 1000)};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(when - day);
  text += "_d";
  AppendDecimal(uint64_t(int(date.year())), 4, text);
  AppendDecimal(unsigned(date.month()), 2, text);
  AppendDecimal(unsigned(date.day()), 2, text);
  text += "_m";
  AppendDecimal(uint64_t(time.hours().count()), 2, text);
  AppendDecimal(uint64_t(time.minutes().count()), 2, text);
  AppendDecimal(uint64_t(time.seconds().count()), 2, text);
}

Digest Sha1LikeOf(uint64_t rank) {
  std::string bytes(20, 0);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) rank = Mixed(kSha, rank + i);
    bytes[i] = char(rank >> (8 * (i % 8)));
  }
  return {DigestKind::kSha1, std::move(bytes)};
}

// The end of the names that begin with `prefix`; "" is after all.
std::string After(absl::string_view prefix) {
  std::string end(prefix);
  if (!end.empty()) ++end.back();
  return end;
}

}  // namespace

SyntheticStore::SyntheticStore(SyntheticShape shape) : shape_(std::move(shape)) {
  objects_ = shape_.objects;
  for (uint64_t count : shape_.flat) objects_ += count;
}

std::string SyntheticStore::name() const {
  std::string name =
      absl::StrCat("synthetic://", shape_.objects, "-in-", shape_.directories, "-directories");
  for (uint64_t count : shape_.flat) absl::StrAppend(&name, "-and-", count);
  return name;
}

SyntheticStore::Directory SyntheticStore::DirectoryOf(uint64_t rank) const {
  Directory directory = rank < shape_.objects ? NestedDirectory(rank) : FlatDirectory(rank);
  const uint64_t bits = Mixed(kOfDirectory, directory.first);
  directory.camera = int(bits % 8);
  directory.captured = kFirstCapture + int64_t(bits >> 8) % (3 * kYear);
  // Some hours or weeks later, from another process to another pod of the service.
  directory.uploaded = directory.captured + int64_t(bits >> 16) % (kYear / 12);
  return directory;
}

SyntheticStore::Directory SyntheticStore::NestedDirectory(uint64_t rank) const {
  // The first `more` directories have one object more than the rest.
  const uint64_t least = shape_.objects / shape_.directories;
  const uint64_t more = shape_.objects % shape_.directories;
  const bool has_more = rank < more * (least + 1);
  const uint64_t number =
      has_more ? rank / (least + 1) : more + (rank - more * (least + 1)) / least;
  Directory directory{.first = number * least + std::min(number, more),
                      .count = has_more ? least + 1 : least};
  directory.key = "batch_";
  AppendDecimal(number / kBatch, 4, directory.key);
  directory.key += "/clip_";
  AppendDecimal(number, 7, directory.key);
  directory.key += '_';
  AppendHex(Mixed(kName, ~number), 8, directory.key);
  directory.key += '/';
  return directory;
}

SyntheticStore::Directory SyntheticStore::FlatDirectory(uint64_t rank) const {
  Directory directory{.first = shape_.objects};
  for (uint64_t count : shape_.flat) {
    directory.count = count;
    if (rank - directory.first < count) break;
    directory.first += count;
  }
  directory.key = "flat_";
  AppendDecimal(directory.count, 9, directory.key);
  directory.key += '/';
  return directory;
}

void SyntheticStore::AppendName(const Directory& directory, uint64_t rank,
                                std::string& text) const {
  const int64_t taken = directory.captured + int64_t(rank - directory.first) * kFramePeriod +
                        int64_t(Mixed(kFrameTime, rank) % kFramePeriod);
  text += "cam_";
  AppendDecimal(uint64_t(directory.camera), 2, text);
  text += '_';
  AppendDecimal(uint64_t(taken), 13, text);
  text += '_';
  AppendHex(Mixed(kName, rank), 15, text);
  text += ".jpg";
}

// reference/b2.md §1.2.
void SyntheticStore::AppendVersion(const Directory& directory, uint64_t rank,
                                   std::string& text) const {
  const uint64_t bits = Mixed(kUpload, rank);
  const int64_t uploaded = directory.uploaded + int64_t(rank - directory.first) * kUploadPeriod +
                           int64_t(bits % 2000);  // many at once: not in order of names
  text += "4_z8d625eb63be2775577c70e1a_f1";
  AppendHex(Mixed(kFile, rank), 16, text);
  AppendDate(uploaded, text);
  text += "_c002_v";
  AppendDecimal(1000 + (directory.first + (bits >> 16) % 20) % 400, 7, text);
  text += "_t";
  AppendDecimal((bits >> 32) % 60, 4, text);
  text += "_u";
  AppendDecimal(uint64_t(uploaded), 16, text);
}

ObjectVersion SyntheticStore::ObjectOf(const Directory& directory, uint64_t rank) const {
  const uint64_t bits = Mixed(kSize, rank);
  const int64_t written = directory.captured + int64_t(rank - directory.first) * kFramePeriod +
                          int64_t(Mixed(kWritten, rank) % 4096);
  ObjectVersion object{.size = 150000 + bits % 100000 + (bits >> 32) % 100000,
                       .modified = absl::FromUnixMillis(written),
                       .digest = Sha1LikeOf(rank)};
  object.key.reserve(directory.key.size() + 40);
  object.key = directory.key;
  AppendName(directory, rank, object.key);
  object.version.reserve(104);
  AppendVersion(directory, rank, object.version);
  return object;
}

std::string SyntheticStore::Key(uint64_t rank) const {
  Directory directory = DirectoryOf(rank);
  std::string key = std::move(directory.key);
  AppendName(directory, rank, key);
  return key;
}

std::string SyntheticStore::DirectoryKey(uint64_t rank) const { return DirectoryOf(rank).key; }

std::vector<uint64_t> SyntheticStore::FirstRanks() const {
  std::vector<uint64_t> ranks;
  for (uint64_t rank = 0; rank < objects_;) {
    ranks.push_back(rank);
    const Directory directory = DirectoryOf(rank);
    rank = directory.first + directory.count;
  }
  return ranks;
}

uint64_t SyntheticStore::LowerBound(absl::string_view key) const {
  uint64_t begin = 0, end = objects_;
  while (begin < end) {
    const uint64_t middle = begin + (end - begin) / 2;
    if (Key(middle) < key) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

ListPage SyntheticStore::PageOf(const ListRequest& request) const {
  uint64_t rank = LowerBound(std::max(request.start, request.prefix));
  if (!request.after.empty()) rank = std::max(rank, LowerBound(request.after + '\0'));
  const uint64_t end = request.prefix.empty() ? objects_ : LowerBound(After(request.prefix));
  const uint64_t max = std::clamp<uint64_t>(request.max, 1, kMaxPage);
  ListPage page;
  if (request.recursive) page.objects.reserve(std::min(max, end - std::min(rank, end)));
  Directory directory;
  for (uint64_t names = 0; rank < end; ++names) {
    if (rank - directory.first >= directory.count) directory = DirectoryOf(rank);
    const size_t slash = directory.key.find('/', request.prefix.size());
    const bool folds = !request.recursive && slash != std::string::npos;
    const std::string folder = folds ? directory.key.substr(0, slash + 1) : "";
    if (names == max) {
      page.next = folds ? folder : Key(rank);
      break;
    }
    if (folds) {
      page.directories.push_back(folder);
      rank = LowerBound(After(folder));
    } else {
      page.objects.push_back(ObjectOf(directory, rank++));
    }
  }
  return page;
}

absl::StatusOr<ListPage> SyntheticStore::List(const ListRequest& request,
                                              const CallContext& context) {
  if (context.lane == Lane::kFast) return WouldBlock();
  RETURN_IF_ERROR(context.Check());
  ++lists_;
  if (request.at) return absl::UnimplementedError(absl::StrCat(name(), " keeps no versions"));
  ListPage page = PageOf(request);
  names_ += page.objects.size() + page.directories.size();
  return page;
}

absl::Status SyntheticStore::Get(const ObjectVersion& version, ByteRange, Sink,
                                 const CallContext&) {
  return absl::UnimplementedError(absl::StrCat(version.key, ": there are names only, no bytes"));
}

}  // namespace annofs::testing
