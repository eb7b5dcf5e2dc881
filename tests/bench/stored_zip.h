// Large files written piece by piece: plain ones, and zips whose entries are stored as CVAT stores
// them, of any size (zip64). Not thread safe; a disk that refuses ends the program.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annofs::bench {

[[noreturn]] inline void Fail(const std::string& path) {
  std::perror(path.c_str());
  std::exit(1);
}

// Text is appended to text(); Flow() after each piece of it.
class Output {
 public:
  explicit Output(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wbe")) {
    if (file_ == nullptr) Fail(path_);
  }
  virtual ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  std::string& text() { return text_; }
  void Flow() {
    if (text_.size() >= kFull) Flush();
  }
  virtual void Flush() { Put(std::exchange(text_, {})); }
  virtual void Finish() {
    Flush();
    if (std::fclose(file_) != 0) Fail(path_);
  }

 protected:
  void Put(absl::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) Fail(path_);
    offset_ += bytes.size();
  }
  void PutAt(uint64_t offset, absl::string_view bytes) {
    if (std::fseek(file_, long(offset), SEEK_SET) != 0) Fail(path_);
    Put(bytes);
    offset_ -= bytes.size();
    if (std::fseek(file_, 0, SEEK_END) != 0) Fail(path_);
  }
  uint64_t offset() const { return offset_; }

 private:
  static constexpr size_t kFull = 1 << 20;
  const std::string path_;
  std::FILE* file_;
  std::string text_;
  uint64_t offset_ = 0;
};

class PlainFile : public Output {
 public:
  using Output::Output;
};

class StoredZip : public Output {
 public:
  using Output::Output;

  // What is written from now on is the entry's content.
  void Begin(const std::string& name) {
    End();
    entries_.push_back({.name = name, .offset = offset()});
    Put(LocalHeader(entries_.back()));
    open_ = true;
  }

  void Flush() override {
    if (open_) {
      Entry& entry = entries_.back();
      entry.size += text().size();
      entry.crc = uint32_t(
          crc32(entry.crc, reinterpret_cast<const Bytef*>(text().data()), uInt(text().size())));
    }
    Output::Flush();
  }

  void Finish() override {
    End();
    const uint64_t start = offset();
    for (const Entry& entry : entries_) text() += CentralHeader(entry);
    Output::Flush();
    const uint64_t end = offset(), size = end - start, count = entries_.size();
    absl::StrAppend(&text(), "PK\x06\x06", Number(44, 8), Number(45, 2), Number(45, 2),
                    Number(0, 8), Number(count, 8), Number(count, 8), Number(size, 8),
                    Number(start, 8));
    absl::StrAppend(&text(), "PK\x06\x07", Number(0, 4), Number(end, 8), Number(1, 4));
    absl::StrAppend(&text(), "PK\x05\x06", Number(0, 4), Number(count, 2), Number(count, 2),
                    Number(0xffffffff, 4), Number(0xffffffff, 4), Number(0, 2));
    Output::Finish();
  }

 private:
  struct Entry {
    std::string name;
    uint64_t offset = 0, size = 0;
    uint32_t crc = 0;
  };

  static std::string Number(uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text.push_back(char(value >> (8 * i)));
    return text;
  }
  // From the version needed to the checksum.
  static std::string Fixed(const Entry& entry) {
    return absl::StrCat(Number(45, 2), Number(0x800, 2), Number(0, 2), Number(0, 4),
                        Number(entry.crc, 4), Number(0xffffffff, 4), Number(0xffffffff, 4),
                        Number(entry.name.size(), 2));
  }
  static std::string LocalHeader(const Entry& entry) {
    return absl::StrCat("PK\x03\x04", Fixed(entry), Number(20, 2), entry.name, Number(1, 2),
                        Number(16, 2), Number(entry.size, 8), Number(entry.size, 8));
  }
  static std::string CentralHeader(const Entry& entry) {
    return absl::StrCat("PK\x01\x02", Number(45, 2), Fixed(entry), Number(28, 2), Number(0, 2),
                        Number(0, 2), Number(0, 2), Number(0, 4), Number(0xffffffff, 4), entry.name,
                        Number(1, 2), Number(24, 2), Number(entry.size, 8), Number(entry.size, 8),
                        Number(entry.offset, 8));
  }

  // Size and checksum are known only now.
  void End() {
    Flush();
    if (open_) PutAt(entries_.back().offset, LocalHeader(entries_.back()));
    open_ = false;
  }

  std::vector<Entry> entries_;
  bool open_ = false;
};

}  // namespace annofs::bench
