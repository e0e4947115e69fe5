#include "net/listener.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "unit/net/stream_pair.h"

namespace sluice::net {
namespace {

class SocketFolder : public testing::Test {
 protected:
  SocketFolder() {
    char folder[] = "/tmp/sluice-socket-XXXXXX";
    if (mkdtemp(folder) == nullptr) std::abort();
    path_ = std::string(folder) + "/s";
  }
  ~SocketFolder() override { std::filesystem::remove_all(std::filesystem::path(path_).parent_path()); }
  ListenAt at_path() const { return ListenAt{.address = path_}; }

  std::string path_;
  test::TestLoop loop_;
};

TEST_F(SocketFolder, UnixSocketIsPrivateAndGoesAwayWithItsListener) {
  {
    auto listener = Listener::open(loop_.executor(), at_path());
    ASSERT_TRUE(listener.ok()) << listener.error().message;
    struct stat status {};
    ASSERT_EQ(lstat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u);
    EXPECT_EQ((*listener)->name(), path_);

    auto client = loop_.result_of(connect_unix(path_, in(std::chrono::seconds(5))));
    auto server = loop_.result_of((*listener)->accept());
    ASSERT_TRUE(client.ok() && server.ok());
    EXPECT_EQ((*server)->peer(), "unix");
    spawn(loop_.executor(), write_and_end(client->get(), "over the file"));
    EXPECT_EQ(loop_.result_of(read_to_end(**server)), "over the file");
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(SocketFolder, ReplacesASocketFileThatNobodyServes) {
  auto first = Listener::open(loop_.executor(), at_path());
  ASSERT_TRUE(first.ok());
  std::filesystem::rename(path_, path_ + ".kept");  // so that close() does not find it
  (*first)->close();
  std::filesystem::rename(path_ + ".kept", path_);
  auto second = Listener::open(loop_.executor(), at_path());
  EXPECT_TRUE(second.ok());
}

TEST_F(SocketFolder, RefusesASocketThatIsServedAndAFileThatIsNoSocket) {
  auto first = Listener::open(loop_.executor(), at_path());
  ASSERT_TRUE(first.ok());
  auto second = Listener::open(loop_.executor(), at_path());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::configuration);
  EXPECT_TRUE(std::filesystem::exists(path_));

  const std::string file = path_ + ".txt";
  std::ofstream(file) << "precious";
  EXPECT_FALSE(Listener::open(loop_.executor(), ListenAt{.address = file}).ok());
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(Listener, SeveralListenersShareAPortOnlyIfAllAsked) {
  test::TestLoop loop;
  auto first = Listener::open(loop.executor(), ListenAt{.share_port = true});
  ASSERT_TRUE(first.ok());
  const std::uint16_t port = (*first)->port();
  EXPECT_TRUE(Listener::open(loop.executor(), ListenAt{.port = port, .share_port = true}).ok());
  EXPECT_FALSE(Listener::open(loop.executor(), ListenAt{.port = port}).ok());
}

TEST(Listener, NamesWhatItCannotListenOn) {
  test::TestLoop loop;
  const auto refused = Listener::open(loop.executor(), ListenAt{.address = "no.address", .port = 1});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("no.address:1"), std::string::npos);
}

awaitable<void> accept_into(Listener* listener, std::vector<Result<std::unique_ptr<ByteStream>>>* out) {
  out->push_back(co_await listener->accept());
}

TEST(Listener, CloseEndsAPendingAccept) {
  test::TestLoop loop;
  auto listener = Listener::open(loop.executor(), ListenAt{});
  ASSERT_TRUE(listener.ok());
  std::vector<Result<std::unique_ptr<ByteStream>>> accepted;
  spawn(loop.executor(), accept_into(listener->get(), &accepted));
  loop.run_ready();
  (*listener)->close();
  loop.run_ready();
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].error().kind, ErrorKind::canceled);
}

TEST(Listener, SurvivesTheLackOfFileDescriptors) {
  test::TestLoop loop;
  auto listener = Listener::open(loop.executor(), ListenAt{});
  ASSERT_TRUE(listener.ok());
  auto client = loop.result_of(connect_tcp("127.0.0.1", (*listener)->port(), in(std::chrono::seconds(5))));
  ASSERT_TRUE(client.ok());

  rlimit saved{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &saved), 0);
  rlimit none = saved;
  none.rlim_cur = 3;
  std::vector<Result<std::unique_ptr<ByteStream>>> accepted;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  spawn(loop.executor(), accept_into(listener->get(), &accepted));
  loop.run_ready();
  EXPECT_TRUE(accepted.empty());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &saved), 0);
  loop.run(sleep_until(in(std::chrono::milliseconds(150))));
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_TRUE(accepted[0].ok());
}

TEST(Connect, FindsAHostByName) {
  test::TestLoop loop;
  auto listener = Listener::open(loop.executor(), ListenAt{});
  ASSERT_TRUE(listener.ok());
  auto stream = loop.result_of(connect_tcp("localhost", (*listener)->port(), in(std::chrono::seconds(5))));
  EXPECT_TRUE(stream.ok());
}

TEST(Connect, TellsThatNobodyListens) {
  test::TestLoop loop;
  auto listener = Listener::open(loop.executor(), ListenAt{});
  ASSERT_TRUE(listener.ok());
  const std::uint16_t port = (*listener)->port();
  (*listener)->close();
  auto stream = loop.result_of(connect_tcp("127.0.0.1", port, in(std::chrono::seconds(5))));
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.error().kind, ErrorKind::upstream_unavailable);
  auto over_file = loop.result_of(connect_unix("/tmp/sluice-nothing-here", in(std::chrono::seconds(5))));
  EXPECT_FALSE(over_file.ok());
}

TEST(Connect, ADeadlineThatIsPastEndsIt) {
  test::TestLoop loop;
  auto stream = loop.result_of(connect_tcp("127.0.0.1", 1, in(std::chrono::milliseconds(-1))));
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.error().kind, ErrorKind::timed_out);
}

}  // namespace
}  // namespace sluice::net
