// Every view over a bucket whose names are meant to break it: what is listed is there, once, as
// large as it says, and the same on every host.
#include <set>

#include "absl/strings/str_replace.h"
#include "cache/base/names.h"
#include "formats/writer.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

// The names of frames: directories that are called like the files of frames beside them, names that
// are as long as they may be, that differ in case or end only, that no directory can hold.
std::vector<std::string> HostileNames() {
  std::vector<std::string> names = {
      "a.jpg",      "a.png",     "b.jpg",           "B.jpg",    "c",           "d/a.jpg",
      "a.txt",      "a.jpg.txt", "gt_a.jpg",        "../e.jpg", "d/../f.jpg",  "/g.jpg",
      "h.",         "h..",       "h...jpg",         ".jpg",     "d//i.jpg",    "🚗/🚗.jpg",
      "sp ace.jpg", "-.jpg",     "x&quot;&lt;.jpg", "d",        "frame_000001"};
  for (const char* file : {"a.xml", "a.jpg.txt", "gt_b.txt", "b.txt", "b.png", "b_GT.bmp",
                           "b_mask_0.png", "B_gtFine_color.png", "c_leftImg8bit.jpg", "d/a.txt"}) {
    names.push_back(absl::StrCat(file, "/x.jpg"));
  }
  names.push_back(std::string(251, 'n') + ".jpg");
  names.push_back(std::string(251, 'n') + ".png");
  names.push_back(std::string(255, 'm') + "/" + std::string(255, 'o'));
  return names;
}

// A project of two tasks, each in a subset of its own, with the same names.
std::string HostileXml(const std::vector<std::string>& names) {
  std::string text =
      "<annotations><version>1.1</version><meta><project><id>1</id><name>hostile</name><labels>"
      "<label><name>car</name><attributes><attribute><name>index</name><input_type>number"
      "</input_type><default_value>1</default_value><values>1;2;1</values></attribute><attribute>"
      "<name>text</name><input_type>text</input_type><default_value>t</default_value><values>"
      "</values></attribute></attributes></label><label><name>market-1501</name><attributes>"
      "<attribute><name>person_id</name><input_type>text</input_type><default_value>0001"
      "</default_value><values></values></attribute></attributes></label><label><name>person</"
      "name><type>skeleton</type></label>"
      "<label><name>head</name><type>points</type><parent>person</parent></"
      "label><label><name>foot</name><type>points</type><parent>person</parent></label></labels></"
      "project>"
      "</meta>\n";
  const char* const subsets[] = {"Train", "Test"};
  for (int task = 0; task < 2; ++task) {
    for (size_t i = 0; i < names.size(); ++i) {
      if ((i + size_t(task)) % 4 == 3) continue;
      absl::StrAppend(
          &text, "<image id=\"", i, "\" name=\"", names[i], "\" subset=\"", subsets[task],
          "\" task_id=\"", task + 1, "\" width=\"12\" height=\"10\">",
          "<tag label=\"car\"></tag><tag label=\"market-1501\"></tag>",
          "<box label=\"car\" occluded=\"0\" xtl=\"1\" ytl=\"1\" xbr=\"6\" ybr=\"6\" "
          "z_order=\"0\"><attribute name=\"text\">../",
          i % 7, "&lt;\t🚗.txt</attribute></box>",
          "<polygon label=\"car\" occluded=\"0\" points=\"1,1;8,1;8,8\" z_order=\"0\"></polygon>",
          "<mask label=\"car\" occluded=\"0\" rle=\"0, 4\" left=\"2\" top=\"2\" width=\"2\" "
          "height=\"2\" z_order=\"0\"></mask>",
          "<skeleton label=\"person\" z_order=\"0\"><points label=\"head\" occluded=\"0\" "
          "outside=\"0\" points=\"3,4\"></points><points label=\"foot\" occluded=\"0\" "
          "outside=\"0\" points=\"6,9\"></points></skeleton>",
          "</image>\n");
    }
  }
  return text + "</annotations>\n";
}

class HostileViewsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::vector<std::string> names = HostileNames();
    store_.Put("cvat/hostile.xml", HostileXml(names));
    for (const std::string& name : names) {
      const std::string plain = absl::StrReplaceAll(name, {{"&quot;", "\""}, {"&lt;", "<"}});
      const std::string key = absl::StrCat("images/", plain);
      if (IsEntryName(BaseName(plain)) && SafePath(plain) == plain && plain != "d")
        store_.Put(key, absl::StrCat("image ", plain));
    }
  }

  struct Shown {
    std::map<std::string, uint64_t> sizes;  // of files, by path
    std::string texts;                      // of small ones
  };

  // Goes through the whole tree of a dataset, file by file.
  void Look(Mounted& mount, NodeId directory, const std::string& path, Shown& shown) {
    const auto entries = ListFrom(mount.fs(), directory, 0);
    ASSERT_TRUE(entries.ok()) << path << ": " << entries.status();
    std::set<std::string> names;
    for (const TreeEntry& entry : *entries) {
      const std::string inner = JoinPath(path, entry.name);
      EXPECT_TRUE(names.insert(entry.name).second) << inner;
      EXPECT_TRUE(IsEntryName(entry.name)) << inner;
      const auto found = mount.fs().Lookup(directory, entry.name, Soon());
      ASSERT_TRUE(found.ok()) << inner << ": " << found.status();
      EXPECT_EQ(found->id, entry.attr.id) << inner;
      EXPECT_EQ(found->is_directory, entry.attr.is_directory) << inner;
      if (entry.attr.is_directory) {
        Look(mount, entry.attr.id, inner, shown);
        continue;
      }
      if (entry.has_size) {
        EXPECT_EQ(found->size, entry.attr.size) << inner;
      }
      const auto bytes = mount.Bytes(found->id, {0, found->size + 100});
      ASSERT_TRUE(bytes.ok()) << inner << ": " << bytes.status();
      EXPECT_EQ(bytes->size(), found->size) << inner;
      shown.sizes[inner] = found->size;
      absl::StrAppend(&shown.texts, inner, "\n", *bytes, "\n");
    }
  }
  Shown Look() {
    Mounted mount(store_);
    Shown shown;
    EXPECT_TRUE(mount.Open().ok());
    const auto views = mount.At("views/hostile");
    EXPECT_TRUE(views.ok()) << views.status();
    if (views.ok()) Look(mount, views->id, "", shown);
    return shown;
  }

  MemoryStore store_;
};

TEST_F(HostileViewsTest, WhatIsListedIsThereOnceAndAsLargeAsItSays) {
  const Shown shown = Look();
  // Every view for images is among them, but that of tracks: images have none.
  for (const std::unique_ptr<Writer>& writer : NewWriters()) {
    if (writer->Info().is_3d || writer->Info().name == "by-track") continue;
    const std::string view = absl::StrCat(writer->Info().name, "/");
    const auto first = shown.sizes.lower_bound(view);
    ASSERT_NE(first, shown.sizes.end()) << view;
    EXPECT_THAT(first->first, ::testing::StartsWith(view));
  }
}

TEST_F(HostileViewsTest, EveryHostShowsTheSame) {
  const Shown one = Look(), other = Look();
  EXPECT_EQ(one.sizes, other.sizes);
  EXPECT_TRUE(one.texts == other.texts);
}

}  // namespace
}  // namespace annofs::testing
