#include "cache/base/xml.h"

#include <expat.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr size_t kFeedBytes = 65536;

bool IsBlank(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
}

absl::Status MalformedAt(XmlPosition position, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", position.line, ": ", what));
}

// The character data of an open element.
struct ElementText {
  std::string text;
  bool is_blank = true;
  bool is_cut = false;

  void Clear() {
    text.clear();
    is_blank = true;
    is_cut = false;
  }
};

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

// One run of ParseXml. Expat may call a few handlers more after it was stopped: each of them looks
// at `status_` first.
class Run {
 public:
  Run(XmlHandler& handler, const XmlLimits& limits)
      : handler_(handler), limits_(limits), parser_(XML_ParserCreate(nullptr)) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), OnStart, OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), OnText);
    XML_SetEntityDeclHandler(parser_.get(), OnEntityDeclaration);
    XML_SetSkippedEntityHandler(parser_.get(), OnSkippedEntity);
    XML_SetDefaultHandlerExpand(parser_.get(), OnOther);
  }

  absl::Status Parse(ChunkSource& source) {
    while (true) {
      ASSIGN_OR_RETURN(absl::string_view chunk, source.Next());
      if (chunk.empty()) return Finish();
      while (!chunk.empty()) {
        RETURN_IF_ERROR(Feed(chunk.substr(0, kFeedBytes)));
        chunk.remove_prefix(std::min(kFeedBytes, chunk.size()));
      }
    }
  }

 private:
  static Run& From(void* data) { return *static_cast<Run*>(data); }

  static void OnStart(void* data, const XML_Char* name, const XML_Char** attributes) {
    From(data).Start(name, attributes);
  }
  static void OnEnd(void* data, const XML_Char* name) { From(data).End(name); }
  static void OnText(void* data, const XML_Char* text, int size) {
    From(data).Text({text, static_cast<size_t>(size)});
  }
  static void OnEntityDeclaration(void* data, const XML_Char* name, int, const XML_Char*, int,
                                  const XML_Char*, const XML_Char*, const XML_Char*,
                                  const XML_Char*) {
    From(data).Refuse(absl::StrCat("declares entities ('", name, "'), which are not read"));
  }
  static void OnSkippedEntity(void* data, const XML_Char* name, int) {
    From(data).Refuse(absl::StrCat("refers to the entity '", name, "', which is not declared"));
  }
  // Comments, processing instructions, the document type: seen so that they count as progress.
  static void OnOther(void* data, const XML_Char*, int) { From(data).Progress(); }

  void Start(absl::string_view name, const XML_Char** attributes) {
    Progress();
    if (!status_.ok()) return;
    if (depth_ >= static_cast<size_t>(std::max(limits_.max_depth, 0))) {
      return Refuse(absl::StrCat("nested deeper than ", limits_.max_depth));
    }
    // Else the indentation of a million children would fill the text of their parent.
    if (depth_ > 0 && texts_[depth_ - 1].is_blank) texts_[depth_ - 1].Clear();
    if (texts_.size() == depth_) texts_.emplace_back();
    texts_[depth_++].Clear();
    Keep(handler_.Start(name, XmlAttributes(attributes), Position()));
  }

  void End(absl::string_view name) {
    Progress();
    if (!status_.ok()) return;
    std::string& text = texts_[--depth_].text;
    Keep(handler_.End(name, text, Position()));
    // Of a long text not even the memory is kept.
    if (text.capacity() > kFeedBytes) std::string().swap(text);
  }

  void Text(absl::string_view text) {
    Progress();
    if (!status_.ok() || depth_ == 0) return;
    ElementText& whole = texts_[depth_ - 1];
    if (whole.is_cut) return;
    whole.is_blank = whole.is_blank && IsBlank(text);
    const size_t room = limits_.max_text - whole.text.size();
    if (text.size() > room) {
      text = Utf8Prefix(text, room);
      whole.is_cut = true;
      Keep(handler_.TextTooLong(limits_.max_text, Position()));
    }
    whole.text.append(text.data(), text.size());
  }

  absl::Status Feed(absl::string_view bytes) {
    if (fed_ - seen_ > limits_.max_token) {
      // Expat waits before it tries a long token again: this is its last try.
      XML_SetReparseDeferralEnabled(parser_.get(), XML_FALSE);
    }
    RETURN_IF_ERROR(Expat(bytes, XML_FALSE));
    if (fed_ > seen_ + limits_.max_token + kFeedBytes) return TokenTooLong();
    return absl::OkStatus();
  }

  absl::Status Finish() { return Expat("", XML_TRUE); }

  absl::Status Expat(absl::string_view bytes, XML_Bool last) {
    fed_ += bytes.size();
    const XML_Status result =
        XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), last);
    RETURN_IF_ERROR(status_);
    if (result != XML_STATUS_ERROR) return absl::OkStatus();
    const absl::string_view what = XML_ErrorString(XML_GetErrorCode(parser_.get()));
    return Malformed(last ? absl::StrCat("the document is cut short: ", what) : std::string(what));
  }

  absl::Status TokenTooLong() const {
    return Malformed(absl::StrCat("a tag or token longer than ", limits_.max_token, " bytes"));
  }

  absl::Status Malformed(absl::string_view what) const { return MalformedAt(Position(), what); }

  void Refuse(absl::string_view what) {
    if (status_.ok()) Keep(Malformed(what));
  }

  void Keep(absl::Status status) {
    if (status.ok()) return;
    status_ = std::move(status);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void Progress() {
    seen_ = XML_GetCurrentByteIndex(parser_.get()) + XML_GetCurrentByteCount(parser_.get());
  }

  XmlPosition Position() const {
    const XML_Index offset = XML_GetCurrentByteIndex(parser_.get());
    return {.line = XML_GetCurrentLineNumber(parser_.get()),
            .offset = offset < 0 ? fed_ : static_cast<uint64_t>(offset)};
  }

  XmlHandler& handler_;
  const XmlLimits limits_;
  std::unique_ptr<XML_ParserStruct, FreeParser> parser_;
  std::vector<ElementText> texts_;  // of the open elements; those beyond depth_ are kept for use
  size_t depth_ = 0;
  uint64_t fed_ = 0;   // bytes given to expat
  uint64_t seen_ = 0;  // the end of the last token that expat reported
  absl::Status status_;
};

}  // namespace

const char* XmlAttributes::Find(absl::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    // No length is counted of those that are another one already in their first byte.
    if ((name.empty() || name[0] == pair[0][0]) && name == pair[0]) return pair[1];
  }
  return nullptr;
}

absl::string_view XmlAttributes::Get(absl::string_view name, absl::string_view otherwise) const {
  const char* value = Find(name);
  return value == nullptr ? otherwise : value;
}

absl::Status XmlHandler::TextTooLong(size_t limit, XmlPosition position) {
  return MalformedAt(position, absl::StrCat("an element with more than ", limit, " bytes of text"));
}

absl::Status ParseXml(ChunkSource& source, XmlHandler& handler, const XmlLimits& limits) {
  return Run(handler, limits).Parse(source);
}

}  // namespace annofs
