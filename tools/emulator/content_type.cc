#include "tools/emulator/content_type.h"

#include "absl/strings/match.h"
#include "cache/base/text.h"

namespace annofs::emulator {
namespace {

struct TypeEntry {
  absl::string_view extension;
  absl::string_view type;
};

constexpr TypeEntry kTypes[] = {
    {".avi", "video/x-msvideo"},   {".bmp", "image/bmp"},         {".csv", "text/csv"},
    {".gif", "image/gif"},         {".html", "text/html"},        {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},        {".json", "application/json"}, {".mkv", "video/x-matroska"},
    {".mov", "video/quicktime"},   {".mp4", "video/mp4"},         {".png", "image/png"},
    {".tar", "application/x-tar"}, {".tif", "image/tiff"},        {".tiff", "image/tiff"},
    {".txt", "text/plain"},        {".webp", "image/webp"},       {".xml", "text/xml"},
    {".zip", "application/zip"},
};

}  // namespace

absl::string_view ContentTypeOf(absl::string_view name) {
  absl::string_view extension = Extension(name);
  for (const TypeEntry& entry : kTypes) {
    if (absl::EqualsIgnoreCase(entry.extension, extension)) return entry.type;
  }
  return "application/octet-stream";
}

std::string TypeOf(absl::string_view asked, absl::string_view name) {
  return std::string(asked == "b2/x-auto" ? ContentTypeOf(name) : asked);
}

}  // namespace annofs::emulator
