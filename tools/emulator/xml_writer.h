// Writes the XML of S3 answers. Not thread safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annofs::emulator {

class XmlWriter {
 public:
  XmlWriter() : text_("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n") {}

  XmlWriter& Open(absl::string_view element) {
    absl::StrAppend(&text_, "<", element, ">");
    open_.emplace_back(element);
    return *this;
  }
  // The outermost element of an answer, in S3's namespace.
  XmlWriter& OpenAnswer(absl::string_view element) {
    absl::StrAppend(&text_, "<", element, " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    open_.emplace_back(element);
    return *this;
  }
  // An element that says of what type of XML Schema it is.
  XmlWriter& OpenTyped(absl::string_view element, absl::string_view type) {
    absl::StrAppend(&text_, "<", element,
                    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"", type,
                    "\">");
    open_.emplace_back(element);
    return *this;
  }
  XmlWriter& Close() {
    absl::StrAppend(&text_, "</", open_.back(), ">");
    open_.pop_back();
    return *this;
  }
  // An element that holds this text.
  XmlWriter& Text(absl::string_view element, absl::string_view text) {
    absl::StrAppend(&text_, "<", element, ">");
    Escape(text);
    absl::StrAppend(&text_, "</", element, ">");
    return *this;
  }
  // Text directly inside the element that is open.
  XmlWriter& Inside(absl::string_view text) {
    Escape(text);
    return *this;
  }
  XmlWriter& Int(absl::string_view element, int64_t number) {
    return Text(element, absl::StrCat(number));
  }
  XmlWriter& Bool(absl::string_view element, bool value) {
    return Text(element, value ? "true" : "false");
  }
  // The whole document; closes what is open. Once.
  std::string Take() {
    while (!open_.empty()) Close();
    return std::move(text_);
  }

 private:
  void Escape(absl::string_view text) {
    for (char c : text) {
      switch (c) {
        case '&':
          text_ += "&amp;";
          break;
        case '<':
          text_ += "&lt;";
          break;
        case '>':
          text_ += "&gt;";
          break;
        case '"':
          text_ += "&quot;";
          break;
        default:
          // A reader would make a plain CR a newline.
          if (static_cast<unsigned char>(c) < 0x20) {
            absl::StrAppend(&text_, "&#", static_cast<int>(c), ";");
          } else {
            text_ += c;
          }
      }
    }
  }

  std::string text_;
  std::vector<std::string> open_;
};

}  // namespace annofs::emulator
