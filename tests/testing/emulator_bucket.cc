#include "tests/testing/emulator_bucket.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tests/testing/plain_http.h"

namespace annofs::testing {
namespace {

// A JSON object of texts.
std::string ObjectOf(const std::vector<std::pair<absl::string_view, absl::string_view>>& members) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : members) json.Key(name).String(value);
  json.EndObject();
  return json.Take();
}

absl::StatusOr<std::string> MemberOf(absl::string_view answer, absl::string_view name) {
  ASSIGN_OR_RETURN(const JsonDocument json, JsonDocument::Parse(answer));
  ASSIGN_OR_RETURN(const absl::string_view text, json.root().GetString(name));
  return std::string(text);
}

}  // namespace

absl::StatusOr<std::unique_ptr<EmulatorBucket>> EmulatorBucket::Open(
    const EmulatorProcess& emulator, const std::string& name) {
  std::unique_ptr<EmulatorBucket> bucket(new EmulatorBucket);
  bucket->url_ = emulator.url();
  const std::string basic =
      absl::Base64Escape(absl::StrCat(emulator.key_id(), ":", emulator.key()));
  ASSIGN_OR_RETURN(const std::string account,
                   AskForBody({.url = absl::StrCat(bucket->url_, "/b2api/v2/b2_authorize_account"),
                               .headers = {absl::StrCat("Authorization: Basic ", basic)}}));
  ASSIGN_OR_RETURN(bucket->token_, MemberOf(account, "authorizationToken"));
  ASSIGN_OR_RETURN(const std::string account_id, MemberOf(account, "accountId"));
  ASSIGN_OR_RETURN(
      const std::string buckets,
      bucket->Call("b2_list_buckets", ObjectOf({{"accountId", account_id}, {"bucketName", name}})));
  ASSIGN_OR_RETURN(const JsonDocument json, JsonDocument::Parse(buckets));
  bucket->bucket_id_ = std::string(json.root()["buckets"][0].StringOr("bucketId", ""));
  ASSIGN_OR_RETURN(const std::string upload,
                   bucket->Call("b2_get_upload_url", ObjectOf({{"bucketId", bucket->bucket_id_}})));
  ASSIGN_OR_RETURN(bucket->upload_url_, MemberOf(upload, "uploadUrl"));
  ASSIGN_OR_RETURN(bucket->upload_token_, MemberOf(upload, "authorizationToken"));
  return bucket;
}

absl::StatusOr<std::string> EmulatorBucket::Call(absl::string_view call,
                                                 const std::string& body) const {
  return AskForBody({.method = "POST",
                     .url = absl::StrCat(url_, "/b2api/v2/", call),
                     .headers = {absl::StrCat("Authorization: ", token_)},
                     .body = body});
}

absl::StatusOr<std::string> EmulatorBucket::Put(absl::string_view name, absl::string_view content) {
  const std::string sha1 = DigestOf(DigestKind::kSha1, content).Hex();
  ASSIGN_OR_RETURN(const std::string entry,
                   AskForBody({.method = "POST",
                               .url = upload_url_,
                               .headers = {absl::StrCat("Authorization: ", upload_token_),
                                           absl::StrCat("X-Bz-File-Name: ", PercentEncode(name)),
                                           absl::StrCat("X-Bz-Content-Sha1: ", sha1),
                                           "Content-Type: application/octet-stream"},
                               .body = std::string(content)}));
  ASSIGN_OR_RETURN(std::string id, MemberOf(entry, "fileId"));
  made_[std::string(name)].push_back(id);
  return id;
}

absl::StatusOr<std::string> EmulatorBucket::Hide(absl::string_view name) {
  ASSIGN_OR_RETURN(const std::string entry,
                   Call("b2_hide_file", ObjectOf({{"bucketId", bucket_id_}, {"fileName", name}})));
  ASSIGN_OR_RETURN(std::string id, MemberOf(entry, "fileId"));
  made_[std::string(name)].push_back(id);
  return id;
}

absl::Status EmulatorBucket::DeleteVersion(absl::string_view name, const std::string& file_id) {
  RETURN_IF_ERROR(
      Call("b2_delete_file_version", ObjectOf({{"fileName", name}, {"fileId", file_id}})).status());
  std::erase(made_[std::string(name)], file_id);
  return absl::OkStatus();
}

absl::Status EmulatorBucket::Remove(const std::string& name) {
  const std::vector<std::string> ids = made_[name];
  for (const std::string& id : ids) RETURN_IF_ERROR(DeleteVersion(name, id));
  return absl::OkStatus();
}

}  // namespace annofs::testing
