#include "tools/b2_account_file.h"

#include <sqlite3.h>

#include <cstring>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

constexpr absl::string_view kMagic("SQLite format 3\0", 16);
// Bytes 18 and 19 of the header: 1 says rollback journal, 2 write-ahead log.
constexpr size_t kVersions = 18;
constexpr size_t kHeaderBytes = 100;

absl::Status NotAnAccount() {
  return absl::InvalidArgumentError("a SQLite database, but not the account file of the b2 tool");
}

// A database in memory: the bytes that were checked are those that are read.
absl::StatusOr<Database> OpenInMemory(absl::string_view content) {
  sqlite3* opened = nullptr;
  int result = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE, nullptr);
  Database database(opened, sqlite3_close);
  if (result != SQLITE_OK) return absl::InternalError("SQLite does not start");
  auto* bytes = static_cast<unsigned char*>(sqlite3_malloc64(content.size()));
  if (bytes == nullptr) return absl::InternalError("SQLite has no memory");
  std::memcpy(bytes, content.data(), content.size());
  // There is no log beside a database in memory, and SQLite refuses one that claims it.
  bytes[kVersions] = bytes[kVersions + 1] = 1;
  result = sqlite3_deserialize(opened, "main", bytes, sqlite3_int64(content.size()),
                               sqlite3_int64(content.size()),
                               SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
  if (result != SQLITE_OK) return NotAnAccount();
  return database;
}

// The text of a column by its name; "" where it is null or where an older tool made none.
std::string ColumnText(sqlite3_stmt* row, absl::string_view name) {
  for (int i = 0; i < sqlite3_column_count(row); ++i) {
    if (name != sqlite3_column_name(row, i)) continue;
    const unsigned char* text = sqlite3_column_text(row, i);
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
  }
  return "";
}

std::string UrlOrNothing(std::string text) { return absl::StartsWith(text, "http") ? text : ""; }

}  // namespace

bool IsSqlite(absl::string_view content) { return absl::StartsWith(content, kMagic); }

absl::StatusOr<B2AccountFile> ParseB2AccountFile(absl::string_view content) {
  if (!IsSqlite(content) || content.size() < kHeaderBytes) return NotAnAccount();
  ASSIGN_OR_RETURN(Database database, OpenInMemory(content));
  sqlite3_stmt* prepared = nullptr;
  // Columns came with the versions of the tool: all are asked for, and found by name.
  int result =
      sqlite3_prepare_v2(database.get(), "SELECT * FROM account LIMIT 1", -1, &prepared, nullptr);
  Statement row(prepared, sqlite3_finalize);
  if (result != SQLITE_OK) return NotAnAccount();
  result = sqlite3_step(row.get());
  if (result == SQLITE_DONE) {
    return absl::UnauthenticatedError("nobody is logged in there: run `b2 account authorize`");
  }
  if (result != SQLITE_ROW) return NotAnAccount();
  B2AccountFile account{.key_id = ColumnText(row.get(), "account_id_or_app_key_id"),
                        .key = ColumnText(row.get(), "application_key"),
                        .realm = UrlOrNothing(ColumnText(row.get(), "realm")),
                        .s3_url = UrlOrNothing(ColumnText(row.get(), "s3_api_url"))};
  // Before keys had ids of their own there was only the master key, whose id is the account's.
  if (account.key_id.empty()) account.key_id = ColumnText(row.get(), "account_id");
  if (account.key_id.empty() || account.key.empty()) return NotAnAccount();
  return account;
}

}  // namespace annofs
