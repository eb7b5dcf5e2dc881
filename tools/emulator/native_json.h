// The JSON of the native API: file versions, buckets and keys as the service writes them, and what
// callers send of their settings. Pure functions. Errors of reading are 400 bad_request.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "tools/emulator/account.h"
#include "tools/emulator/bucket.h"
#include "tools/emulator/native_calls.h"
#include "tools/emulator/params.h"

namespace annofs::emulator {

// What every entry of one answer has in common.
struct EntryStyle {
  std::string account_id;
  std::string bucket_id;
  int api_version = 0;       // 1 writes `size` as well, which rclone reads
  KeyPointer key;            // sees locks if it may
  absl::string_view action;  // replaces "upload": the answer of a copy
};

EntryStyle StyleOf(const Call& call, const Bucket& bucket);

// §1.5
void WriteEntry(const EntryStyle& style, const FileVersion& version, JsonWriter& json);
void WriteFolder(const EntryStyle& style, absl::string_view name, JsonWriter& json);
// §1.12
void WriteBucket(absl::string_view account_id, const Bucket& bucket, const ApplicationKey& key,
                 JsonWriter& json);
// §1.14
enum class ShowKey { kNothing, kMd5 };
void WriteEncryption(const Encryption& encryption, ShowKey show_key, JsonWriter& json);
// A null where the text is empty.
void WriteText(absl::string_view key, absl::string_view text, JsonWriter& json);
// Any value as it was read.
void WriteValue(JsonValue value, JsonWriter& json);
std::string ToJson(JsonValue value);

// Members that are not there leave the settings as they are.
absl::Status ReadBucketSettings(const Params& params, BucketSettings& settings);
// {"mode","algorithm","customerKeyMd5"}; null: none.
absl::StatusOr<Encryption> ReadEncryption(JsonValue json);
// {"mode","retainUntilTimestamp"}; null: none.
absl::StatusOr<Retention> ReadRetention(JsonValue json);
// An object of strings. Keys become lower case.
absl::StatusOr<FileInfo> ReadFileInfo(JsonValue json);
// Number, form and length of a file's infos (§1.15): last of all, when its lock and encryption are
// known.
absl::Status CheckFileInfo(const NewVersion& version);

}  // namespace annofs::emulator
