#include "tools/emulator/native_json.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/download_claims.h"

namespace annofs::emulator {
namespace {

constexpr size_t kMostInfos = 10;
constexpr size_t kLongestInfoKey = 50;
constexpr int64_t kLongestRetentionDays = 3000;
// Of the name, keys and values together; the second where the service keeps more with the file.
constexpr size_t kInfoBytes = 7000;
constexpr size_t kInfoBytesLocked = 2048;

void WriteInfo(absl::string_view key, const FileInfo& info, JsonWriter& json) {
  json.Key(key).BeginObject();
  for (const auto& [name, value] : info) json.Key(name).String(value);
  json.EndObject();
}

void WriteLength(const EntryStyle& style, uint64_t length, JsonWriter& json) {
  json.Key("contentLength").Int(static_cast<int64_t>(length));
  if (style.api_version == 1) json.Key("size").Int(static_cast<int64_t>(length));
}

// A setting that not everyone may read; false if the value is not to be written.
bool BeginReadable(absl::string_view key, bool may, JsonWriter& json) {
  json.Key(key).BeginObject().Key("isClientAuthorizedToRead").Bool(may).Key("value");
  if (!may) json.Null();
  return may;
}

void WriteLock(const EntryStyle& style, const FileVersion& version, JsonWriter& json) {
  bool all = style.key == nullptr;
  if (BeginReadable("fileRetention", all || style.key->Can("readFileRetentions"), json)) {
    json.BeginObject();
    WriteText("mode", version.retention.mode, json);
    json.Key("retainUntilTimestamp");
    if (version.retention.mode.empty()) {
      json.Null();
    } else {
      json.Int(version.retention.until_millis);
    }
    json.EndObject();
  }
  json.EndObject();
  if (BeginReadable("legalHold", all || style.key->Can("readFileLegalHolds"), json)) {
    if (version.legal_hold.empty()) {
      json.Null();
    } else {
      json.String(version.legal_hold);
    }
  }
  json.EndObject();
}

absl::string_view NameOf(Action action) {
  switch (action) {
    case Action::kHide:
      return "hide";
    case Action::kStart:
      return "start";
    default:
      return "upload";
  }
}

void WriteDays(absl::string_view key, std::optional<int64_t> days, JsonWriter& json) {
  json.Key(key);
  if (days) {
    json.Int(*days);
  } else {
    json.Null();
  }
}

void WriteLifecycle(const BucketSettings& settings, JsonWriter& json) {
  json.Key("lifecycleRules").BeginArray();
  for (const LifecycleRule& rule : settings.lifecycle) {
    json.BeginObject();
    WriteDays("daysFromHidingToDeleting", rule.delete_after_hide, json);
    WriteDays("daysFromStartingToCancelingUnfinishedLargeFiles", rule.cancel_after_start, json);
    WriteDays("daysFromUploadingToHiding", rule.hide_after_upload, json);
    json.Key("fileNamePrefix").String(rule.prefix).EndObject();
  }
  json.EndArray();
}

void WriteLockSettings(const BucketSettings& settings, bool may, JsonWriter& json) {
  if (BeginReadable("fileLockConfiguration", may, json)) {
    json.BeginObject().Key("defaultRetention").BeginObject();
    WriteText("mode", settings.default_retention.mode, json);
    json.Key("period");
    if (settings.default_retention.mode.empty()) {
      json.Null();
    } else {
      json.BeginObject().Key("duration").Int(settings.default_retention.duration);
      json.Key("unit").String(settings.default_retention.unit).EndObject();
    }
    json.EndObject().Key("isFileLockEnabled").Bool(settings.has_locks).EndObject();
  }
  json.EndObject();
}

void WriteJson(absl::string_view key, const std::string& text, JsonWriter& json) {
  json.Key(key);
  absl::StatusOr<JsonDocument> parsed = JsonDocument::Parse(text.empty() ? "null" : text);
  WriteValue(parsed.ok() ? parsed->root() : JsonValue(), json);
}

absl::StatusOr<std::optional<int64_t>> ReadDays(JsonValue rule, absl::string_view key) {
  if (rule[key].is_null()) return std::nullopt;
  std::optional<int64_t> days = rule[key].AsInt();
  if (!days || *days < 1) return BadRequest(absl::StrCat(key, " must be at least 1"));
  return days;
}

absl::StatusOr<std::vector<LifecycleRule>> ReadLifecycle(JsonValue json) {
  constexpr size_t kMostRules = 100;
  if (!json.is_array()) return BadRequest("lifecycleRules must be an array");
  if (json.size() > kMostRules) return BadRequest("too many lifecycle rules");
  std::vector<LifecycleRule> rules;
  for (size_t i = 0; i < json.size(); ++i) {
    LifecycleRule rule{.prefix = std::string(json[i].StringOr("fileNamePrefix", ""))};
    ASSIGN_OR_RETURN(rule.hide_after_upload, ReadDays(json[i], "daysFromUploadingToHiding"));
    ASSIGN_OR_RETURN(rule.delete_after_hide, ReadDays(json[i], "daysFromHidingToDeleting"));
    ASSIGN_OR_RETURN(rule.cancel_after_start,
                     ReadDays(json[i], "daysFromStartingToCancelingUnfinishedLargeFiles"));
    if (!rule.hide_after_upload && !rule.delete_after_hide && !rule.cancel_after_start) {
      return BadRequest("a lifecycle rule sets no days");
    }
    for (const LifecycleRule& other : rules) {
      if (absl::StartsWith(rule.prefix, other.prefix) ||
          absl::StartsWith(other.prefix, rule.prefix)) {
        return BadRequest("the prefixes of lifecycle rules overlap");
      }
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

// Of those that begin with "b2-", the service has taken all but what it knows (§1.8).
bool IsInfoKey(absl::string_view key) {
  constexpr absl::string_view kOthers = "-_.`~!#$%^&*'|+";
  if (absl::StartsWith(key, "b2-")) {
    return absl::c_any_of(kDownloadOverrides,
                          [key](const DownloadOverride& entry) { return entry.info == key; });
  }
  return !key.empty() && key.size() <= kLongestInfoKey && absl::c_all_of(key, [kOthers](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(kOthers, c);
  });
}

absl::StatusOr<DefaultRetention> ReadDefaultRetention(JsonValue json) {
  DefaultRetention retention{.mode = std::string(json.StringOr("mode", ""))};
  if (retention.mode.empty() || retention.mode == "none") return DefaultRetention();
  if (retention.mode != "governance" && retention.mode != "compliance") {
    return BadRequest("defaultRetention.mode must be governance or compliance");
  }
  retention.duration = json["period"].IntOr("duration", 0);
  retention.unit = std::string(json["period"].StringOr("unit", ""));
  if (retention.duration < 1 || (retention.unit != "days" && retention.unit != "years")) {
    return BadRequest("defaultRetention.period must have a duration and days or years");
  }
  if (retention.duration > kLongestRetentionDays || retention.days() > kLongestRetentionDays) {
    return BadRequest(
        absl::StrCat("defaultRetention.period must be at most ", kLongestRetentionDays, " days"));
  }
  return retention;
}

}  // namespace

EntryStyle StyleOf(const Call& call, const Bucket& bucket) {
  return {.account_id = call.context.account.id(),
          .bucket_id = bucket.id(),
          .api_version = call.route.version,
          .key = call.key};
}

void WriteText(absl::string_view key, absl::string_view text, JsonWriter& json) {
  json.Key(key);
  if (text.empty()) {
    json.Null();
  } else {
    json.String(text);
  }
}

void WriteEncryption(const Encryption& encryption, ShowKey show_key, JsonWriter& json) {
  json.Key("serverSideEncryption").BeginObject();
  WriteText("algorithm", encryption.mode.empty() ? "" : "AES256", json);
  if (show_key == ShowKey::kMd5 && !encryption.key_md5.empty()) {
    json.Key("customerKeyMd5").String(encryption.key_md5);
  }
  WriteText("mode", encryption.mode, json);
  json.EndObject();
}

void WriteEntry(const EntryStyle& style, const FileVersion& version, JsonWriter& json) {
  bool copied = version.is_upload() && !style.action.empty();
  json.BeginObject().Key("accountId").String(style.account_id);
  json.Key("action").String(copied ? style.action : NameOf(version.action));
  json.Key("bucketId").String(style.bucket_id);
  WriteLength(style, version.size, json);
  WriteText("contentMd5", version.md5, json);
  json.Key("contentSha1").String(version.sha1).Key("contentType").String(version.content_type);
  json.Key("fileId").String(version.file_id);
  WriteInfo("fileInfo", version.info, json);
  json.Key("fileName").String(version.name);
  if (version.action != Action::kHide) {
    WriteLock(style, version, json);
    WriteText("replicationStatus", version.is_upload() && version.replicates ? "pending" : "",
              json);
    // Seen on the real service in entries of started files; entries of uploads are recorded
    // without.
    WriteEncryption(version.encryption,
                    version.action == Action::kStart ? ShowKey::kMd5 : ShowKey::kNothing, json);
  }
  json.Key("uploadTimestamp").Int(version.upload_millis).EndObject();
}

void WriteFolder(const EntryStyle& style, absl::string_view name, JsonWriter& json) {
  json.BeginObject().Key("accountId").String(style.account_id).Key("action").String("folder");
  json.Key("bucketId").String(style.bucket_id);
  WriteLength(style, 0, json);
  for (absl::string_view key : {"contentMd5", "contentSha1", "contentType", "fileId"}) {
    json.Key(key).Null();
  }
  json.Key("fileInfo").BeginObject().EndObject().Key("fileName").String(name);
  json.Key("uploadTimestamp").Int(0).EndObject();
}

void WriteBucket(absl::string_view account_id, const Bucket& bucket, const ApplicationKey& key,
                 JsonWriter& json) {
  BucketSettings settings = bucket.settings();
  json.BeginObject().Key("accountId").String(account_id).Key("bucketId").String(bucket.id());
  WriteInfo("bucketInfo", settings.info, json);
  json.Key("bucketName").String(bucket.name()).Key("bucketType").String(settings.type);
  WriteJson("corsRules", settings.cors_rules, json);
  if (BeginReadable("defaultServerSideEncryption", key.Can("readBucketEncryption"), json)) {
    json.BeginObject();
    WriteText("algorithm", settings.encryption.mode.empty() ? "" : "AES256", json);
    WriteText("mode", settings.encryption.mode, json);
    json.EndObject();
  }
  json.EndObject();
  WriteLockSettings(settings, key.Can("readBucketRetentions"), json);
  WriteLifecycle(settings, json);
  json.Key("options").BeginArray().String("s3").EndArray();
  json.Key("replicationConfiguration").BeginObject();
  bool replications = key.Can("readBucketReplications");
  json.Key("isClientAuthorizedToRead").Bool(replications);
  WriteJson("value", replications ? settings.replication : "", json);
  json.EndObject().Key("revision").Int(settings.revision).EndObject();
}

void WriteValue(JsonValue value, JsonWriter& json) {
  if (value.is_object()) {
    json.BeginObject();
    value.ForEachMember([&json](absl::string_view name, JsonValue member) {
      json.Key(name);
      WriteValue(member, json);
    });
    json.EndObject();
  } else if (value.is_array()) {
    json.BeginArray();
    for (size_t i = 0; i < value.size(); ++i) WriteValue(value[i], json);
    json.EndArray();
  } else if (std::optional<absl::string_view> text = value.AsString()) {
    json.String(*text);
  } else if (std::optional<bool> flag = value.AsBool()) {
    json.Bool(*flag);
  } else if (std::optional<int64_t> number = value.AsInt()) {
    json.Int(*number);
  } else if (std::optional<double> real = value.AsDouble()) {
    json.Double(*real);
  } else {
    json.Null();
  }
}

std::string ToJson(JsonValue value) {
  JsonWriter json;
  WriteValue(value, json);
  return json.Take();
}

absl::StatusOr<Encryption> ReadEncryption(JsonValue json) {
  Encryption encryption;
  encryption.mode = std::string(json.StringOr("mode", ""));
  if (encryption.mode == "none") encryption.mode = "";
  if (encryption.mode.empty()) return encryption;
  if (encryption.mode != "SSE-B2" && encryption.mode != "SSE-C") {
    return BadRequest(absl::StrCat("unknown encryption mode ", encryption.mode));
  }
  if (json.StringOr("algorithm", "AES256") != "AES256") {
    return BadRequest("the encryption algorithm must be AES256");
  }
  encryption.key_md5 = std::string(json.StringOr("customerKeyMd5", ""));
  if (encryption.mode == "SSE-C" && encryption.key_md5.empty()) {
    return BadRequest("SSE-C needs customerKeyMd5");
  }
  return encryption;
}

absl::StatusOr<Retention> ReadRetention(JsonValue json) {
  Retention retention;
  retention.mode = std::string(json.StringOr("mode", ""));
  if (retention.mode == "none") retention.mode = "";
  retention.until_millis = json.IntOr("retainUntilTimestamp", 0);
  bool known =
      retention.mode.empty() || retention.mode == "governance" || retention.mode == "compliance";
  if (!known) return BadRequest("retention mode must be governance or compliance");
  if (retention.mode.empty() != (retention.until_millis == 0)) {
    return BadRequest("mode and retainUntilTimestamp come together");
  }
  return retention;
}

absl::StatusOr<FileInfo> ReadFileInfo(JsonValue json) {
  FileInfo info;
  absl::Status status;
  if (!json.is_null() && !json.is_object()) return BadRequest("fileInfo must be an object");
  json.ForEachMember([&](absl::string_view key, JsonValue value) {
    std::optional<absl::string_view> text = value.AsString();
    if (!text) {
      status.Update(BadRequest(absl::StrCat("the value of ", key, " must be a string")));
      return;
    }
    info[absl::AsciiStrToLower(key)] = std::string(*text);
  });
  RETURN_IF_ERROR(status);
  return info;
}

absl::Status CheckFileInfo(const NewVersion& version) {
  if (version.info.size() > kMostInfos) return BadRequest("too many file infos");
  size_t bytes = version.name.size();
  for (const auto& [key, value] : version.info) {
    if (!IsInfoKey(key)) return BadRequest(absl::StrCat("bad file info key: ", key));
    bytes += key.size() + value.size();
  }
  bool more = !version.encryption.mode.empty() || !version.retention.mode.empty() ||
              !version.legal_hold.empty();
  if (bytes <= (more ? kInfoBytesLocked : kInfoBytes)) return absl::OkStatus();
  return BadRequest("file name and file infos are too long");
}

std::vector<std::string> ReplicatedPrefixes(JsonValue configuration) {
  std::vector<std::string> prefixes;
  JsonValue rules = configuration["asReplicationSource"]["replicationRules"];
  for (size_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].BoolOr("isEnabled", false)) continue;
    prefixes.emplace_back(rules[i].StringOr("fileNamePrefix", ""));
  }
  return prefixes;
}

absl::Status ReadBucketSettings(const Params& params, BucketSettings& settings) {
  ASSIGN_OR_RETURN(settings.type, params.TextOr("bucketType", settings.type));
  if (settings.type != "allPublic" && settings.type != "allPrivate") {
    return BadRequest("bucketType must be allPublic or allPrivate");
  }
  if (!params.Value("bucketInfo").is_null()) {
    ASSIGN_OR_RETURN(settings.info, ReadFileInfo(params.Value("bucketInfo")));
    if (settings.info.size() > kMostInfos) return BadRequest("too many bucket infos");
  }
  if (!params.Value("lifecycleRules").is_null()) {
    ASSIGN_OR_RETURN(settings.lifecycle, ReadLifecycle(params.Value("lifecycleRules")));
  }
  if (!params.Value("defaultServerSideEncryption").is_null()) {
    ASSIGN_OR_RETURN(settings.encryption,
                     ReadEncryption(params.Value("defaultServerSideEncryption")));
  }
  if (!params.Value("defaultRetention").is_null()) {
    if (!settings.has_locks) {
      return B2Error(400, "bucket_missing_file_lock", "The bucket is not file lock enabled");
    }
    ASSIGN_OR_RETURN(settings.default_retention,
                     ReadDefaultRetention(params.Value("defaultRetention")));
  }
  if (!params.Value("corsRules").is_null()) {
    settings.cors_rules = ToJson(params.Value("corsRules"));
  }
  if (!params.Value("replicationConfiguration").is_null()) {
    JsonValue configuration = params.Value("replicationConfiguration");
    // One of neither a source nor a destination takes the replication away.
    bool none = configuration["asReplicationSource"].is_null() &&
                configuration["asReplicationDestination"].is_null();
    settings.replication = none ? "" : ToJson(configuration);
    settings.replicated_prefixes = ReplicatedPrefixes(configuration);
  }
  return absl::OkStatus();
}

}  // namespace annofs::emulator
