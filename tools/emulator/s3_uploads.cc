// ListMultipartUploads and ListParts (reference/b2.md §4.3).
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_headers.h"
#include "tools/emulator/s3_list_text.h"
#include "tools/emulator/s3_time.h"
#include "tools/emulator/s3_upload.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kMostEntries = 1000;
constexpr int64_t kMostParts = 10'000;

struct UploadQuery {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;
  std::string id_marker;
  int64_t most = kMostEntries;
};

// An upload, or a folder of some.
struct Entry {
  std::string name;
  VersionPointer upload;  // null: a folder
};

std::string FolderOf(const UploadQuery& query, absl::string_view name) {
  size_t cut =
      query.delimiter.empty() ? name.npos : name.find(query.delimiter, query.prefix.size());
  if (cut == name.npos) return "";
  return std::string(name.substr(0, cut + query.delimiter.size()));
}

// All that match, folded; in order of key, then of start.
std::vector<Entry> Folded(const UploadQuery& query, const std::vector<VersionPointer>& uploads) {
  std::vector<Entry> entries;
  for (const VersionPointer& upload : uploads) {
    if (!absl::StartsWith(upload->name, query.prefix)) continue;
    std::string folder = FolderOf(query, upload->name);
    if (folder.empty()) {
      entries.push_back({upload->name, upload});
    } else if (entries.empty() || entries.back().name != folder) {
      entries.push_back({std::move(folder), nullptr});
    }
  }
  return entries;
}

// Where the page begins: after the key marker, or after one upload of that key.
size_t FirstAfterMarkers(const UploadQuery& query, const std::vector<Entry>& entries) {
  size_t first = 0;
  while (first < entries.size() && entries[first].name < query.key_marker) ++first;
  size_t next = first;
  while (next < entries.size() && entries[next].name == query.key_marker) {
    ++next;
    const VersionPointer& upload = entries[next - 1].upload;
    if (upload != nullptr && upload->file_id == query.id_marker) break;
  }
  return next;
}

void WritePerson(const S3Call& call, absl::string_view role, XmlWriter& xml) {
  const std::string& id = call.context.account.id();
  xml.Open(role).Text("ID", id).Text("DisplayName", id).Close();
}

void WriteUpload(const S3Call& call, const ListText& text, const FileVersion& upload,
                 XmlWriter& xml) {
  xml.Open("Upload").Text("Key", text.Name(upload.name)).Text("UploadId", upload.file_id);
  WritePerson(call, "Initiator", xml);
  WritePerson(call, "Owner", xml);
  xml.Text("StorageClass", "STANDARD").Text("Initiated", XmlTime(upload.upload_millis)).Close();
}

void WriteEntries(const S3Call& call, const ListText& text, const std::vector<Entry>& page,
                  XmlWriter& xml) {
  for (const Entry& entry : page) {
    if (entry.upload != nullptr) WriteUpload(call, text, *entry.upload, xml);
  }
  for (const Entry& entry : page) {
    if (entry.upload != nullptr) continue;
    xml.Open("CommonPrefixes").Text("Prefix", text.Name(entry.name)).Close();
  }
}

absl::StatusOr<UploadQuery> QueryOf(const Request& request) {
  UploadQuery query{.prefix = std::string(ParameterOf(request, "prefix")),
                    .delimiter = std::string(ParameterOf(request, "delimiter")),
                    .key_marker = std::string(ParameterOf(request, "key-marker")),
                    .id_marker = std::string(ParameterOf(request, "upload-id-marker"))};
  // Without a key it says nothing.
  if (query.key_marker.empty()) query.id_marker.clear();
  ASSIGN_OR_RETURN(query.most,
                   NumberOf(request, "max-uploads", kMostEntries, kMostEntries, OverMost::kClamp));
  return query;
}

template <typename T>
std::vector<T> Page(const std::vector<T>& all, size_t first, size_t most) {
  size_t end = std::min(all.size(), first + most);
  return std::vector<T>(all.begin() + static_cast<ptrdiff_t>(first),
                        all.begin() + static_cast<ptrdiff_t>(end));
}

void WritePart(const Part& part, XmlWriter& xml) {
  xml.Open("Part").Int("PartNumber", part.number);
  xml.Text("LastModified", XmlTime(part.upload_millis)).Text("ETag", QuotedEtag(part.md5));
  xml.Int("Size", static_cast<int64_t>(part.bytes->size())).Close();
}

}  // namespace

absl::StatusOr<Reply> S3ListMultipartUploads(S3Call& call) {
  ASSIGN_OR_RETURN(UploadQuery query, QueryOf(call.request));
  ASSIGN_OR_RETURN(ListText text, ListText::Of(call.request));
  std::vector<Entry> entries = Folded(query, call.bucket->Unfinished());
  size_t first = FirstAfterMarkers(query, entries);
  std::vector<Entry> page = Page(entries, first, call.PageSize(query.most));
  bool truncated = !page.empty() && first + page.size() < entries.size();
  XmlWriter xml;
  xml.OpenAnswer("ListMultipartUploadsResult").Text("Bucket", call.bucket->name());
  xml.Text("KeyMarker", text.Name(query.key_marker)).Text("UploadIdMarker", query.id_marker);
  if (truncated) {
    const Entry& last = page.back();
    xml.Text("NextKeyMarker", text.Name(last.name));
    xml.Text("NextUploadIdMarker", last.upload == nullptr ? "" : last.upload->file_id);
  }
  xml.Text("Prefix", text.Name(query.prefix));
  if (!query.delimiter.empty()) xml.Text("Delimiter", text.Name(query.delimiter));
  xml.Int("MaxUploads", query.most).Bool("IsTruncated", truncated);
  text.WriteEncoding(xml);
  WriteEntries(call, text, page, xml);
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3ListParts(S3Call& call) {
  ASSIGN_OR_RETURN(VersionPointer upload, FindUpload(call));
  ASSIGN_OR_RETURN(int64_t most, NumberOf(call.request, "max-parts", kMostEntries, kMostEntries,
                                          OverMost::kClamp));
  ASSIGN_OR_RETURN(int64_t marker,
                   NumberOf(call.request, "part-number-marker", 0, kMostParts, OverMost::kRefuse));
  ASSIGN_OR_RETURN(std::vector<Part> parts, call.bucket->Parts(upload->file_id));
  std::erase_if(parts, [marker](const Part& part) { return part.number <= marker; });
  std::vector<Part> page = Page(parts, 0, call.PageSize(most));
  bool truncated = !page.empty() && page.size() < parts.size();
  XmlWriter xml;
  xml.OpenAnswer("ListPartsResult").Text("Bucket", call.bucket->name());
  xml.Text("Key", call.place.key).Text("UploadId", upload->file_id);
  WritePerson(call, "Initiator", xml);
  WritePerson(call, "Owner", xml);
  xml.Text("StorageClass", "STANDARD").Int("PartNumberMarker", marker);
  if (truncated) xml.Int("NextPartNumberMarker", page.back().number);
  xml.Int("MaxParts", most).Bool("IsTruncated", truncated);
  for (const Part& part : page) WritePart(part, xml);
  return XmlReply(200, xml.Take());
}

}  // namespace annofs::emulator
