// SPDX-License-Identifier: Apache-2.0
#include "sim/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Each test has a directory of its own.
class OutputFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "output_file_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path path(const std::string& name) const { return directory_ / name; }
  std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(directory_), fs::directory_iterator());
  }
  /// What writing to `path` complains about; empty if nothing.
  static std::string complaint(const fs::path& path) {
    try {
      write_file_atomically(path, "text");
    } catch (const OutputError& error) {
      return error.what();
    }
    return {};
  }

  fs::path directory_;
};

TEST_F(OutputFileTest, WritesAFileAndReplacesIt) {
  write_file_atomically(path("a"), "first, and longer");
  write_file_atomically(path("a"), "second");
  EXPECT_EQ(content_of(path("a")), "second");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, ANameAppearsOnlyWithTheWholeFile) {
  OutputFile file(path("a"));
  file.write("whole");
  EXPECT_FALSE(fs::exists(path("a")));
  EXPECT_EQ(files(), 1);  // the temporary one
  file.commit();
  EXPECT_EQ(content_of(path("a")), "whole");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, AnIncompleteFileLeavesTheOldOneAndNothingElse) {
  write_file_atomically(path("a"), "old");
  {
    OutputFile file(path("a"));
    file.write("half");
  }
  EXPECT_EQ(content_of(path("a")), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, ANewFileHasTheUsualPermissions) {
  const mode_t mask = umask(022);
  write_file_atomically(path("a"), "text");
  umask(mask);
  EXPECT_EQ(fs::status(path("a")).permissions(), fs::perms(0644));
}

TEST_F(OutputFileTest, AWriteProtectedFileIsNotReplaced) {
  if (geteuid() == 0) GTEST_SKIP() << "nothing is write-protected for root";
  write_file_atomically(path("a"), "old");
  fs::permissions(path("a"), fs::perms(0444));
  EXPECT_EQ(complaint(path("a")), "cannot write '" + path("a").string() + "': Permission denied");
  EXPECT_EQ(content_of(path("a")), "old");
}

TEST_F(OutputFileTest, FollowsALink) {
  write_file_atomically(path("file"), "old");
  fs::create_symlink("file", path("link"));
  write_file_atomically(path("link"), "new");
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(content_of(path("file")), "new");
}

TEST_F(OutputFileTest, WritesToAPipeAndLeavesItOne) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  write_file_atomically(path("pipe"), "text");
  char text[8] = {};
  EXPECT_EQ(read(reader, text, sizeof text), 4);
  EXPECT_STREQ(text, "text");
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
  close(reader);
}

TEST_F(OutputFileTest, SaysWhichFileCannotBeWrittenAndWhy) {
  EXPECT_EQ(complaint(path("no/a")),
            "cannot write '" + path("no/a").string() + "': No such file or directory");
  EXPECT_EQ(complaint(directory_), "cannot write '" + directory_.string() + "': Is a directory");
  EXPECT_EQ(complaint(""), "cannot write '': No such file or directory");
}

TEST_F(OutputFileTest, AFileThatTheDiskDoesNotTakeIsToldInTheEndAndRemovedAtOnce) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{1 << 16, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  OutputFile file(path("a"));
  for (int i = 0; i < 100; ++i) file.write(std::string(1 << 12, 'x'));
  setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_EQ(files(), 0);
  errno = 0;
  try {
    file.commit();
    FAIL() << "nothing was thrown";
  } catch (const OutputError& error) {
    EXPECT_EQ(error.what(), "cannot write '" + path("a").string() + "': File too large");
  }
  EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace qnnsim
