// ListObjects, ListObjectsV2 and ListObjectVersions (reference/b2.md §4.3).
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_headers.h"
#include "tools/emulator/s3_list_text.h"
#include "tools/emulator/s3_time.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kMostKeys = 1000;
constexpr absl::string_view kTokenStart = "1";  // of the text in a continuation token

// What all listings are asked.
struct Listing {
  ListQuery query;
  int64_t max_keys = kMostKeys;  // as asked
  ListText text;
};

absl::StatusOr<Listing> ListingOf(const S3Call& call) {
  Listing listing;
  ASSIGN_OR_RETURN(listing.text, ListText::Of(call.request));
  ASSIGN_OR_RETURN(listing.max_keys,
                   NumberOf(call.request, "max-keys", kMostKeys, kMostKeys, OverMost::kClamp));
  listing.query.prefix = std::string(ParameterOf(call.request, "prefix"));
  listing.query.delimiter = std::string(ParameterOf(call.request, "delimiter"));
  return listing;
}

EntryPage PageOf(const S3Call& call, const Listing& listing) {
  if (listing.max_keys == 0) return {};
  ListQuery query = listing.query;
  query.limit = call.PageSize(listing.max_keys);
  return call.bucket->List(query);
}

void WriteOwner(const S3Call& call, XmlWriter& xml) {
  const std::string& owner = call.context.account.id();
  xml.Open("Owner").Text("ID", owner).Text("DisplayName", owner).Close();
}

void WriteHead(const S3Call& call, const Listing& listing, bool truncated, XmlWriter& xml) {
  xml.Text("Name", call.bucket->name());
  xml.Text("Prefix", listing.text.Name(listing.query.prefix));
  if (!listing.query.delimiter.empty()) {
    xml.Text("Delimiter", listing.text.Name(listing.query.delimiter));
  }
  xml.Int("MaxKeys", listing.max_keys).Bool("IsTruncated", truncated);
  listing.text.WriteEncoding(xml);
}

void WriteObject(const ListText& text, const FileVersion& version, XmlWriter& xml) {
  xml.Text("Key", text.Name(version.name));
  xml.Text("LastModified", XmlTime(version.upload_millis));
  xml.Text("ETag", QuotedEtag(version.etag)).Int("Size", static_cast<int64_t>(version.size));
  xml.Text("StorageClass", "STANDARD");
}

enum class Owner { kShown, kLeftOut };

void WriteContents(const S3Call& call, const Listing& listing, const EntryPage& page, Owner owner,
                   XmlWriter& xml) {
  for (const ListedEntry& entry : page.entries) {
    if (entry.version == nullptr) continue;
    xml.Open("Contents");
    WriteObject(listing.text, *entry.version, xml);
    if (owner == Owner::kShown) WriteOwner(call, xml);
    xml.Close();
  }
}

void WriteFolders(const Listing& listing, const EntryPage& page, XmlWriter& xml) {
  for (const ListedEntry& entry : page.entries) {
    if (entry.version != nullptr) continue;
    xml.Open("CommonPrefixes").Text("Prefix", listing.text.Name(entry.name)).Close();
  }
}

// Opaque to clients; names the last entry of the page before.
std::string TokenAfter(const EntryPage& page) {
  return absl::WebSafeBase64Escape(absl::StrCat(kTokenStart, page.entries.back().name));
}

absl::StatusOr<std::string> NameInToken(absl::string_view token) {
  std::string text;
  absl::string_view name;
  if (absl::WebSafeBase64Unescape(token, &text)) {
    name = text;
    if (absl::ConsumePrefix(&name, kTokenStart)) return std::string(name);
  }
  return S3Error("InvalidArgument", "The continuation token provided is incorrect");
}

// Of a marker that is gone by now all that is left of its name comes again.
absl::Status BeginAfterVersion(const S3Call& call, Listing& listing) {
  std::string key(ParameterOf(call.request, "key-marker"));
  std::string id(ParameterOf(call.request, "version-id-marker"));
  if (id.empty()) {
    listing.query.after = key;
    return absl::OkStatus();
  }
  if (key.empty()) {
    return S3Error("InvalidArgument",
                   "A version-id marker cannot be specified without a key marker.");
  }
  listing.query.start = key;
  listing.query.start_id = id;
  return absl::OkStatus();
}

// A page that begins with the marker itself, which the client has already, goes on for one more.
EntryPage VersionPageOf(const S3Call& call, Listing listing) {
  if (listing.query.start_id.empty() || listing.max_keys == 0) return PageOf(call, listing);
  ListQuery one = listing.query;
  one.limit = 1;
  EntryPage first = call.bucket->List(one);
  bool marker = !first.entries.empty() && first.entries[0].version != nullptr &&
                first.entries[0].version->file_id == listing.query.start_id;
  if (!marker) return PageOf(call, listing);
  if (!first.next) return {};
  listing.query.start = first.next->name;
  listing.query.start_id = first.next->version == nullptr ? "" : first.next->version->file_id;
  return PageOf(call, listing);
}

void WriteVersions(const S3Call& call, const Listing& listing, const EntryPage& page,
                   XmlWriter& xml) {
  for (const ListedEntry& entry : page.entries) {
    if (entry.version == nullptr) continue;
    const FileVersion& version = *entry.version;
    VersionPointer newest = call.bucket->Newest(version.name);
    xml.Open(version.is_upload() ? "Version" : "DeleteMarker");
    if (version.is_upload()) {
      WriteObject(listing.text, version, xml);
    } else {
      xml.Text("Key", listing.text.Name(version.name));
      xml.Text("LastModified", XmlTime(version.upload_millis));
    }
    xml.Text("VersionId", version.file_id);
    xml.Bool("IsLatest", newest != nullptr && newest->file_id == version.file_id);
    WriteOwner(call, xml);
    xml.Close();
  }
}

}  // namespace

absl::StatusOr<Reply> S3ListObjects(S3Call& call) {
  ASSIGN_OR_RETURN(Listing listing, ListingOf(call));
  listing.query.after = std::string(ParameterOf(call.request, "marker"));
  EntryPage page = PageOf(call, listing);
  XmlWriter xml;
  xml.OpenAnswer("ListBucketResult");
  WriteHead(call, listing, page.next.has_value(), xml);
  xml.Text("Marker", listing.text.Name(listing.query.after));
  // Without a delimiter the last key is the marker, and is not said twice.
  if (page.next && !listing.query.delimiter.empty()) {
    xml.Text("NextMarker", listing.text.Name(page.entries.back().name));
  }
  WriteContents(call, listing, page, Owner::kShown, xml);
  WriteFolders(listing, page, xml);
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3ListObjectsV2(S3Call& call) {
  if (ParameterOf(call.request, "list-type") != "2") {
    return S3Error("InvalidArgument", "Invalid List Type specified in Query String");
  }
  ASSIGN_OR_RETURN(Listing listing, ListingOf(call));
  std::string start_after(ParameterOf(call.request, "start-after"));
  absl::string_view token = ParameterOf(call.request, "continuation-token");
  listing.query.after = start_after;
  if (HasParameter(call.request, "continuation-token")) {
    ASSIGN_OR_RETURN(listing.query.after, NameInToken(token));
  }
  EntryPage page = PageOf(call, listing);
  XmlWriter xml;
  xml.OpenAnswer("ListBucketResult");
  WriteHead(call, listing, page.next.has_value(), xml);
  xml.Int("KeyCount", static_cast<int64_t>(page.entries.size()));
  if (!start_after.empty()) xml.Text("StartAfter", listing.text.Name(start_after));
  if (!token.empty()) xml.Text("ContinuationToken", token);
  if (page.next) xml.Text("NextContinuationToken", TokenAfter(page));
  bool owner = ParameterOf(call.request, "fetch-owner") == "true";
  WriteContents(call, listing, page, owner ? Owner::kShown : Owner::kLeftOut, xml);
  WriteFolders(listing, page, xml);
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3ListObjectVersions(S3Call& call) {
  ASSIGN_OR_RETURN(Listing listing, ListingOf(call));
  listing.query.scope = ListQuery::Scope::kFinishedVersions;
  RETURN_IF_ERROR(BeginAfterVersion(call, listing));
  EntryPage page = VersionPageOf(call, listing);
  XmlWriter xml;
  xml.OpenAnswer("ListVersionsResult");
  WriteHead(call, listing, page.next.has_value(), xml);
  xml.Text("KeyMarker", listing.text.Name(ParameterOf(call.request, "key-marker")));
  xml.Text("VersionIdMarker", ParameterOf(call.request, "version-id-marker"));
  if (page.next) {
    const ListedEntry& last = page.entries.back();
    xml.Text("NextKeyMarker", listing.text.Name(last.name));
    if (last.version != nullptr) xml.Text("NextVersionIdMarker", last.version->file_id);
  }
  WriteVersions(call, listing, page, xml);
  WriteFolders(listing, page, xml);
  return XmlReply(200, xml.Take());
}

}  // namespace annofs::emulator
