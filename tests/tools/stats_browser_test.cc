// The page of `annofs stats --html` as a browser shows it, where Chromium is installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/formats/png_pixels.h"
#include "tests/testing/files.h"
#include "tests/testing/process.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/stats_testing.h"
#include "tools/stats_page.h"

namespace annofs {
namespace {

using ::annofs::testing::DecodePng;
using ::annofs::testing::PngPixels;
using ::annofs::testing::ProcessResult;
using ::annofs::testing::ReadFile;
using ::annofs::testing::RunProcess;
using ::annofs::testing::TempDir;
using ::annofs::testing::WriteFile;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kPatience = absl::Seconds(60);

// 64 x 48 pixels of (255, 0, 254), a colour that nothing else has.
std::string MagentaPng() {
  std::string png;
  EXPECT_TRUE(
      absl::Base64Unescape("iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAAQUlEQVR42u3PQQkAAAgEsOs"
                           "fWq+CX2GwAstmXouAgICAgICA"
                           "gICAgICAgICAgICAgICAgICAgICAgICAgICAwFUBHULdWh8hhiIAAAAASUVORK5CYII=",
                           &png));
  return png;
}

std::string FindBrowser() {
  const char* path = std::getenv("PATH");
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    for (absl::string_view directory : absl::StrSplit(path == nullptr ? "" : path, ':')) {
      std::string file = absl::StrCat(directory, "/", name);
      if (access(file.c_str(), X_OK) == 0) return file;
    }
  }
  return "";
}

class StatsBrowserTest : public ::testing::Test {
 protected:
  void SetUp() override {
    browser_ = FindBrowser();
    if (browser_.empty()) GTEST_SKIP() << "no Chromium here (apt-get install chromium)";
  }

  ProcessResult Browse(const std::string& page, std::vector<std::string> more) {
    const std::string file = directory_ / "page.html";
    EXPECT_TRUE(WriteFile(file, page).ok());
    std::vector<std::string> argv = {browser_,
                                     "--headless",
                                     "--no-sandbox",  // which needs what a container may lack
                                     "--disable-gpu",
                                     "--disable-dev-shm-usage",
                                     "--hide-scrollbars",
                                     "--enable-logging=stderr",
                                     absl::StrCat("--user-data-dir=", directory_ / "profile")};
    argv.insert(argv.end(), more.begin(), more.end());
    argv.push_back(absl::StrCat("file://", file));
    auto result = RunProcess({.argv = argv, .env = {{"HOME", directory_.path()}}}, kPatience);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(ProcessResult());
  }

  PngPixels Seen(const std::string& page, std::vector<std::string> more = {}) {
    const std::string file = directory_ / "seen.png";
    more.push_back(absl::StrCat("--screenshot=", file));
    more.push_back("--window-size=1200,3000");
    const ProcessResult result = Browse(page, more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return DecodePng(ReadFile(file).value_or(""));
  }

 private:
  TempDir directory_;
  std::string browser_;
};

// Pixels of nearly that colour.
size_t CountOf(const PngPixels& seen, int red, int green, int blue) {
  const size_t channels = seen.bytes.size() / std::max<size_t>(size_t{seen.width} * seen.height, 1);
  size_t count = 0;
  for (size_t i = 0; channels >= 3 && i + 2 < seen.bytes.size(); i += channels) {
    const auto is_near = [&](size_t at, int wanted) {
      return std::abs(int(seen.bytes[i + at]) - wanted) <= 6;
    };
    count += is_near(0, red) && is_near(1, green) && is_near(2, blue) ? 1 : 0;
  }
  return count;
}

// A frame of 64 x 48 with a green box; its image is all magenta.
StatsReport GreenOnMagenta() {
  DatasetBuilder builder;
  builder.SetInfo({.name = "street"});
  builder.AddTask({.name = "t"});
  const uint32_t car = builder.AddLabel({.name = "car", .color = "#00ff00"});
  const uint32_t frame = builder.AddFrame({.name = "a.png", .width = 64, .height = 48}).value();
  EXPECT_TRUE(builder.AddShape(frame, {.label = car, .points = {8, 8, 56, 40}}).ok());
  const auto data = builder
                        .Finish([](const Frame&) {
                          return std::optional<Media>(Media{.key = "a.png", .size = 9});
                        })
                        .value();
  return testing::ReportOf(*data, MagentaPng());
}

TEST_F(StatsBrowserTest, PicturesTheirBoxesAndChartsAreSeen) {
  const PngPixels seen = Seen(StatsPage(GreenOnMagenta()));
  EXPECT_GT(CountOf(seen, 255, 0, 254), 5000u) << "the image, outside of the box";
  EXPECT_GT(CountOf(seen, 0, 255, 0), 500u) << "the box around the object";
  EXPECT_GT(CountOf(seen, 0x28, 0x67, 0xc8), 2000u) << "bars";
  EXPECT_GT(CountOf(seen, 255, 255, 255), 100000u) << "cards on a light page";
}

TEST_F(StatsBrowserTest, WhoLikesItDarkHasADarkPage) {
  const PngPixels seen =
      Seen(StatsPage(GreenOnMagenta()), {"--blink-settings=preferredColorScheme=0"});
  EXPECT_GT(CountOf(seen, 0x11, 0x16, 0x1d), 100000u) << "the page";
  EXPECT_GT(CountOf(seen, 0x5f, 0x9c, 0xf5), 2000u) << "bars";
  EXPECT_LT(CountOf(seen, 255, 255, 255), 20000u);
}

TEST_F(StatsBrowserTest, HostileNamesRunNothingAndComplainOfNothing) {
  const std::string page = StatsPage(testing::ReportOf(*testing::HostileDataset()));
  const ProcessResult result = Browse(page, {"--dump-dom"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(result.out, HasSubstr("</footer>"));
  EXPECT_THAT(result.out, Not(HasSubstr("<script")));
  EXPECT_THAT(result.out, Not(HasSubstr("<img src=\"x\"")));
  EXPECT_THAT(result.out, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

// What the test above looks for is there when something is wrong.
TEST_F(StatsBrowserTest, AScriptThatComesInIsStoppedAndHeardOf) {
  std::string page = StatsPage(GreenOnMagenta());
  const size_t at = page.find("<main>");
  ASSERT_NE(at, std::string::npos);
  page.insert(at, "<script>document.title = 'taken'</script>");
  const ProcessResult result = Browse(page, {"--dump-dom"});
  EXPECT_THAT(result.err, HasSubstr("CONSOLE"));
  EXPECT_THAT(result.out, Not(HasSubstr("<title>taken")));
}

}  // namespace
}  // namespace annofs
