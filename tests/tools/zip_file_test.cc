// The file below minizip: what is written over comes out as written.
#include "tools/zip_file.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/testing/files.h"
#include "tests/testing/small_disk.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ReadFile;
using testing::SmallDisk;
using testing::TempDir;

TEST(ZipFile, HoldsWhatWasWrittenWhereverThatWas) {
  TempDir dir;
  const std::string path = dir / "zip";
  std::unique_ptr<ZipFile> file = ZipFile::Create(path).value();
  std::mt19937 random(7);
  std::string model;
  for (int i = 0; i < 100; ++i) {
    // Mostly small ones at the end; now and then the header of one that is long past.
    const size_t lengths[] = {14, 600, 70'000, ZipFile::kHeldBytes + 5};
    const std::string data(lengths[std::min<size_t>(3, random() % 40)], char('a' + random() % 26));
    const size_t at = random() % 3 == 0 ? random() % (model.size() + 1) : model.size();
    ASSERT_TRUE(file->Seek(at));
    ASSERT_TRUE(file->Write(data).ok());
    model.replace(at, std::min(data.size(), model.size() - at), data);
    ASSERT_EQ(file->position(), at + data.size());
    ASSERT_EQ(file->size(), model.size());
  }
  EXPECT_FALSE(file->Seek(model.size() + 1));
  ASSERT_TRUE(file->Sync().ok());
  EXPECT_TRUE(ReadFile(path).value() == model);
}

TEST(ZipFile, DoesNotWriteOverAFile) {
  TempDir dir;
  ASSERT_TRUE(testing::WriteFile(dir / "zip", "theirs").ok());
  EXPECT_FALSE(ZipFile::Create(dir / "zip").ok());
  EXPECT_EQ(*ReadFile(dir / "zip"), "theirs");
}

TEST(ZipFile, ADiskThatIsFullIsSaid) {
  SmallDisk disk(4 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a tmpfs";
  std::unique_ptr<ZipFile> file = ZipFile::Create(disk.path() + "/zip").value();
  absl::Status written;
  for (int i = 0; written.ok() && i < 100; ++i) written = file->Write(std::string(100'000, 'x'));
  EXPECT_TRUE(absl::IsResourceExhausted(written)) << written;
  EXPECT_EQ(file->Sync(), written);
}

}  // namespace
}  // namespace annofs
