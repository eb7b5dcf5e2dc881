#include "cache/base/xml.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/long_text.h"
#include "tests/testing/memory_growth.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LongText;
using testing::MemoryGrowth;

// Writes down what it is told: "<a x=1>" and "text</a>".
class Recorder : public XmlHandler {
 public:
  absl::Status Start(absl::string_view element, const XmlAttributes& attributes,
                     XmlPosition position) override {
    const char* x = attributes.Find("x");
    events.push_back(absl::StrCat("<", element, x == nullptr ? "" : absl::StrCat(" x=", x), ">"));
    positions.push_back(position);
    return element == stop_at ? absl::AbortedError("stopped") : absl::OkStatus();
  }
  absl::Status End(absl::string_view element, absl::string_view text, XmlPosition) override {
    events.push_back(absl::StrCat(text.size() < 100 ? text : "...", "</", element, ">"));
    text_size = text.size();
    return element == stop_after ? absl::AbortedError("stopped") : absl::OkStatus();
  }

  std::string stop_at, stop_after;
  std::vector<std::string> events;
  std::vector<XmlPosition> positions;
  size_t text_size = 0;
};

absl::Status Parse(absl::string_view text, Recorder& recorder, const XmlLimits& limits = {},
                   size_t chunk = 65536) {
  TextChunks source(text, chunk);
  return ParseXml(source, recorder, limits);
}

std::string ErrorOf(absl::string_view text, const XmlLimits& limits = {}) {
  Recorder recorder;
  const absl::Status status = Parse(text, recorder, limits);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status << " for " << text.substr(0, 100);
  return std::string(status.message());
}

TEST(XmlTest, TellsElementsAttributesAndText) {
  Recorder recorder;
  EXPECT_EQ(Parse("<?xml version='1.0'?><a x='1'>t<b/><!-- c -->u<![CDATA[<v>]]></a>", recorder),
            absl::OkStatus());
  EXPECT_THAT(recorder.events, ElementsAre("<a x=1>", "<b>", "</b>", "tu<v></a>"));
}

TEST(XmlTest, ChunksOfAnySizeGiveTheSame) {
  const absl::string_view text =
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a x=\"&lt;1&#233;\">\r\n "
      "caf\xC3\xA9 &amp; <b>"
      "<c x='2'/>text</b></a>\n";
  Recorder whole;
  ASSERT_EQ(Parse(text, whole), absl::OkStatus());
  for (size_t chunk = 1; chunk < text.size(); ++chunk) {
    Recorder pieces;
    ASSERT_EQ(Parse(text, pieces, {}, chunk), absl::OkStatus()) << chunk;
    ASSERT_EQ(pieces.events, whole.events) << chunk;
  }
}

TEST(XmlTest, AttributesAreFoundByName) {
  const char* pairs[] = {"id", "7", "label", "", nullptr};
  const XmlAttributes attributes(pairs);
  EXPECT_STREQ(attributes.Find("id"), "7");
  EXPECT_EQ(attributes.Find("i"), nullptr);
  EXPECT_EQ(attributes.Find("7"), nullptr);
  EXPECT_EQ(attributes.Get("label", "x"), "");
  EXPECT_EQ(attributes.Get("none", "x"), "x");
}

TEST(XmlTest, PositionsAreLinesAndBytes) {
  Recorder recorder;
  ASSERT_EQ(Parse("<a>\n\n <b/></a>", recorder), absl::OkStatus());
  EXPECT_EQ(recorder.positions[0].line, 1u);
  EXPECT_EQ(recorder.positions[0].offset, 0u);
  EXPECT_EQ(recorder.positions[1].line, 3u);
  EXPECT_EQ(recorder.positions[1].offset, 6u);
}

TEST(XmlTest, TheHandlersErrorEndsTheParsingAndIsReturned) {
  Recorder start;
  start.stop_at = "b";
  EXPECT_EQ(Parse("<a><b/><c/></a>", start), absl::AbortedError("stopped"));
  EXPECT_THAT(start.events, ElementsAre("<a>", "<b>"));
  Recorder end;
  end.stop_after = "b";
  EXPECT_EQ(Parse("<a><b>t</b><c/></a>", end), absl::AbortedError("stopped"));
  EXPECT_THAT(end.events, ElementsAre("<a>", "<b>", "t</b>"));
}

class FailingSource : public ChunkSource {
 public:
  absl::StatusOr<absl::string_view> Next() override {
    if (turn_++ == 0) return absl::string_view("<a><b/>");
    return absl::UnavailableError("network");
  }

 private:
  int turn_ = 0;
};

TEST(XmlTest, TheSourcesErrorIsReturnedAsItIs) {
  FailingSource source;
  Recorder recorder;
  EXPECT_EQ(ParseXml(source, recorder), absl::UnavailableError("network"));
  EXPECT_THAT(recorder.events, ElementsAre("<a>", "<b>", "</b>"));
}

TEST(XmlTest, ACutDocumentIsAnErrorAfterAllThatWasThere) {
  Recorder recorder;
  const absl::Status status = Parse("<a>\n<b>t</b>\n<c", recorder);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(status.message(), HasSubstr("line 3: the document is cut short"));
  EXPECT_THAT(recorder.events, ElementsAre("<a>", "<b>", "t</b>"));
  EXPECT_THAT(ErrorOf("<a>\n"), HasSubstr("line 2: the document is cut short"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("line 1: the document is cut short"));
}

TEST(XmlTest, MalformedTextsAreErrorsThatNameTheLine) {
  EXPECT_THAT(ErrorOf("<a>\n</b>"), HasSubstr("line 2: mismatched tag"));
  EXPECT_THAT(ErrorOf("<a x='1' x='2'/>"), HasSubstr("line 1: duplicate attribute"));
  EXPECT_THAT(ErrorOf("<a/><b/>"), HasSubstr("line 1: "));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("line 1: "));
  EXPECT_THAT(ErrorOf("<a>\xFF</a>"), HasSubstr("line 1: "));
  EXPECT_THAT(ErrorOf("<a>&#0;</a>"), HasSubstr("line 1: "));
  EXPECT_THAT(ErrorOf(absl::string_view("<a>\0</a>", 8)), HasSubstr("line 1: "));
}

TEST(XmlTest, EntityDeclarationsAreRefused) {
  EXPECT_THAT(ErrorOf("<!DOCTYPE a [\n<!ENTITY b 'c'>\n]><a>&b;</a>"),
              HasSubstr("line 2: declares entities ('b')"));
  EXPECT_THAT(ErrorOf("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
              HasSubstr("declares entities"));
  EXPECT_THAT(ErrorOf("<!DOCTYPE a [<!ENTITY % b 'c'>]><a/>"), HasSubstr("declares entities"));
  EXPECT_THAT(ErrorOf("<!DOCTYPE a [<!ENTITY u SYSTEM 'u' NDATA gif>]><a/>"),
              HasSubstr("declares entities"));
}

TEST(XmlTest, UndeclaredEntitiesAreErrors) {
  EXPECT_THAT(ErrorOf("<a>&b;</a>"), HasSubstr("line 1: undefined entity"));
  EXPECT_THAT(ErrorOf("<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'>\n<a>&b;</a>"),
              HasSubstr("line 2: refers to the entity 'b'"));
}

TEST(XmlTest, ADocumentTypeWithoutEntitiesIsRead) {
  Recorder recorder;
  EXPECT_EQ(Parse("<!DOCTYPE a SYSTEM 'a.dtd'><a>&amp;</a>", recorder), absl::OkStatus());
  EXPECT_THAT(recorder.events, ElementsAre("<a>", "&</a>"));
}

TEST(XmlTest, EncodingsThatExpatKnowsAreRead) {
  Recorder recorder;
  EXPECT_EQ(Parse("<?xml version='1.0' encoding='iso-8859-1'?><a>\xE9</a>", recorder),
            absl::OkStatus());
  EXPECT_THAT(recorder.events, ElementsAre("<a>", "\xC3\xA9</a>"));
  EXPECT_THAT(ErrorOf("<?xml version='1.0' encoding='koi8-r'?><a/>"),
              HasSubstr("unknown encoding"));
}

std::string Nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "<a>";
  for (int i = 0; i < depth; ++i) text += "</a>";
  return text;
}

TEST(XmlTest, DepthIsBounded) {
  Recorder recorder;
  EXPECT_EQ(Parse(Nested(64), recorder), absl::OkStatus());
  EXPECT_THAT(ErrorOf(Nested(65)), HasSubstr("line 1: nested deeper than 64"));
  EXPECT_THAT(ErrorOf(Nested(100'000)), HasSubstr("nested deeper than 64"));
}

TEST(XmlTest, TextOfOneElementIsBounded) {
  const XmlLimits limits{.max_text = 1000};
  const std::string half(500, 'x');
  Recorder recorder;
  EXPECT_EQ(
      Parse(absl::StrCat("<a>", half, "<b>", half, half, "</b>", half, "</a>"), recorder, limits),
      absl::OkStatus());
  EXPECT_EQ(recorder.text_size, 1000u);
  EXPECT_THAT(ErrorOf(absl::StrCat("<a>", half, "<b/>", half, "y</a>"), limits),
              HasSubstr("more than 1000 bytes of text"));
}

// Goes on after a text that is too long.
class Patient : public Recorder {
 public:
  absl::Status TextTooLong(size_t limit, XmlPosition position) override {
    events.push_back(absl::StrCat("longer than ", limit, " in line ", position.line));
    return absl::OkStatus();
  }
};

TEST(XmlTest, AHandlerMayGoOnAfterATextThatIsTooLong) {
  Patient patient;
  EXPECT_EQ(Parse("<a><b>\n\nabc\xC3\xA9xyz</b><c>de</c></a>", patient, {.max_text = 6}),
            absl::OkStatus());
  EXPECT_THAT(patient.events, ElementsAre("<a>", "<b>", "longer than 6 in line 3", "\n\nabc</b>",
                                          "<c>", "de</c>", "</a>"))
      << "cut between characters, and told once";
}

TEST(XmlTest, ATextOfTwoGigabytesIsCutAndTheRestGoesOn) {
  LongText source("<a><b>", std::string(1 << 20, 'x'), 2048, "</b><c>t</c></a>");
  Patient patient;
  const MemoryGrowth growth;
  EXPECT_EQ(ParseXml(source, patient), absl::OkStatus());
  EXPECT_THAT(patient.events, ElementsAre("<a>", "<b>", "longer than 16777216 in line 1", "...</b>",
                                          "<c>", "t</c>", "</a>"));
  EXPECT_LT(growth.mib(), 64u);
}

TEST(XmlTest, AnAttributeOfTwoGigabytesIsRefusedBeforeItFillsTheMemory) {
  LongText source("<a>\n<b/><b x='", std::string(1 << 20, '1'), 2048, "'/></a>");
  Recorder recorder;
  const MemoryGrowth growth;
  const absl::Status status = ParseXml(source, recorder);
  EXPECT_EQ(status,
            absl::InvalidArgumentError("line 2: a tag or token longer than 16777216 bytes"));
  EXPECT_THAT(recorder.events, ElementsAre("<a>", "<b>", "</b>")) << "what came before is told";
  EXPECT_LT(source.taken(), uint64_t{20} << 20);
  EXPECT_LT(growth.mib(), 96u);
}

TEST(XmlTest, TheIndentationOfChildrenIsNoText) {
  std::string text = "<a>";
  for (int i = 0; i < 1000; ++i) text += "\n  <b> </b>";
  text += "\n</a>";
  Recorder recorder;
  EXPECT_EQ(Parse(text, recorder, {.max_text = 10}), absl::OkStatus());
  EXPECT_EQ(recorder.events.back(), "\n</a>");
  EXPECT_EQ(recorder.events[2], " </b>") << "an element without children keeps its blanks";
}

TEST(XmlTest, BlanksOfMixedTextAreKept) {
  Recorder recorder;
  EXPECT_EQ(Parse("<a> t <b/> u </a>", recorder), absl::OkStatus());
  EXPECT_EQ(recorder.events.back(), " t  u </a>");
}

// "<a x='" and then the same piece for ever; counts what was taken.
class EndlessTag : public ChunkSource {
 public:
  explicit EndlessTag(std::string head) : head_(std::move(head)) {}
  absl::StatusOr<absl::string_view> Next() override {
    const absl::string_view chunk = taken_ == 0 ? head_ : piece_;
    taken_ += chunk.size();
    return chunk;
  }
  uint64_t taken() const { return taken_; }

 private:
  std::string head_;
  std::string piece_ = std::string(65536, '1');
  uint64_t taken_ = 0;
};

TEST(XmlTest, AnEndlessTokenIsRefusedWithoutReadingItAll) {
  for (const char* head :
       {"<a x='", "<a><!-- ", "<a><?p ", "<n", "<!-- ", "<!DOCTYPE a SYSTEM '", "<a></n"}) {
    EndlessTag source(head);
    Recorder recorder;
    const absl::Status status = ParseXml(source, recorder, {.max_token = 8 << 20});
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << head;
    EXPECT_THAT(status.message(), HasSubstr("longer than 8388608 bytes")) << head;
    EXPECT_LT(source.taken(), uint64_t{9} << 20) << head;
  }
}

TEST(XmlTest, ATagUpToTheLimitIsRead) {
  const size_t max_token = 5 << 20;
  for (size_t size : {max_token / 2 + 1, max_token - 100}) {
    Recorder recorder;
    const std::string text = absl::StrCat("<a><b long='", std::string(size, '1'), "' x='2'/></a>");
    EXPECT_EQ(Parse(text, recorder, {.max_token = max_token}), absl::OkStatus());
    EXPECT_THAT(recorder.events, ElementsAre("<a>", "<b x=2>", "</b>", "</a>"));
  }
}

TEST(XmlTest, LongTextAndManyElementsAreNoLongToken) {
  std::string text = "<a>";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "<b>", std::string(1000, 'x'), "</b>");
  text += "</a>";
  Recorder recorder;
  EXPECT_EQ(Parse(text, recorder, {.max_token = 10'000}), absl::OkStatus());
}

TEST(XmlTest, DamagedTextsAreReadOrRefusedAndEndsMatchStarts) {
  const std::string good =
      "<?xml version='1.0'?><a x='1'><b>t &amp; u</b><c><d/><![CDATA[v]]></c><!-- w --></a>";
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (int j = random() % 3; j >= 0; --j) {
      text[random() % text.size()] = "<>/'&;!-[]?abx \xFF"[random() % 16];
    }
    Recorder recorder;
    const absl::Status status = Parse(text, recorder, {}, 1 + random() % 100);
    ASSERT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
    const auto is_end = [](const std::string& event) { return event.find("</") != event.npos; };
    const size_t ends = std::count_if(recorder.events.begin(), recorder.events.end(), is_end);
    ASSERT_LE(2 * ends, recorder.events.size()) << text;
    ASSERT_TRUE(!status.ok() || 2 * ends == recorder.events.size()) << text;
  }
}

TEST(XmlTest, NothingIsToldOfADocumentThatIsNone) {
  Recorder recorder;
  EXPECT_FALSE(Parse("\x1F\x8B\x08", recorder).ok());
  EXPECT_THAT(recorder.events, IsEmpty());
}

}  // namespace
}  // namespace annofs
