#include "delivering.hpp"

#include <algorithm>
#include <string_view>

#include "reply_head.hpp"

namespace mockxdr {

namespace {

constexpr std::size_t smallest_gzip = 256;  ///< what is smaller is sent as it is

/// One reply on its way.
class Journey {
   public:
    Journey(const Delivering& with, Connection& connection, const HttpReply& reply)
        : with_(with), connection_(connection), reply_(reply), time_(reply.date) {}

    bool go(const Asked& asked) {
        const Delivery& how = reply_.delivery;
        if (how.end == Delivery::End::silence) return keep_silent();
        if (!wait(how.delay)) return left();
        if (how.end == Delivery::End::reset) {
            connection_.reset();
            return false;
        }
        pack(asked);
        const std::string head = reply_head(reply_, form(asked));
        if (asked.head_only || !has_body(reply_.status)) body_ = {};
        if (how.end == Delivery::End::cut) body_ = body_.substr(0, body_.size() / 2);
        if (how.wrong_length > 0) body_ = without_end(body_, how.wrong_length);
        const bool sent =
            how.dribble ? send_head(head, {}) && dribble(*how.dribble) : send_head(head, body_);
        if (!sent) return left();
        // The client cannot tell where the next reply would begin.
        const bool in_step = how.end == Delivery::End::whole && how.wrong_length == 0;
        return in_step && !asked.closes;
    }

   private:
    bool left() {
        with_.site.undelivered(reply_.number);
        return false;
    }

    static std::string_view without_end(std::string_view text, std::int64_t size) {
        return text.substr(0, text.size() - std::min(text.size(), static_cast<std::size_t>(size)));
    }

    bool keep_silent() {
        if (with_.silence == Listen::Silence::kept) connection_.rest(Millis{-1});
        return false;
    }

    void pack(const Asked& asked) {
        body_ = reply_.body;
        const bool cut_short = reply_.delivery.truncated_gzip;
        gzip_ = cut_short || (asked.accepts_gzip && reply_.body.size() >= smallest_gzip &&
                              has_body(reply_.status));
        if (!gzip_) return;
        packed_ = with_.cache.compressed(reply_.tag, reply_.body);
        body_ = *packed_;
        if (cut_short) body_ = body_.substr(0, body_.size() / 2);
    }

    HeadForm form(const Asked& asked) const {
        const auto length = static_cast<std::int64_t>(body_.size()) + reply_.delivery.wrong_length;
        return {.length = static_cast<std::size_t>(std::max<std::int64_t>(length, 0)),
                .gzip = gzip_,
                .closes = asked.closes,
                .names_keep_alive = asked.is_http_1_0};
    }

    /// False once the peer left.
    bool wait(Millis time) {
        time_ += time;
        if (time <= Millis{0}) return true;
        while (!is_free_) {
            const auto jump = with_.site.jump();
            is_free_ = with_.site.is_stale(reply_.number);
            if (is_free_ || with_.site.now() >= time_) return true;
            const auto rest = connection_.rest(with_.site.nap(time_), jump.get());
            if (rest == Connection::Rest::peer_left) return false;
            is_free_ = rest == Connection::Rest::stopped;
        }
        return true;
    }

    bool send_head(std::string_view head, std::string_view body) {
        const Millis over = reply_.delivery.slow_headers;
        if (over <= Millis{0}) return connection_.send(head, body);
        // The first line comes at once, the empty one at the end of the time.
        const auto ends = std::count(head.begin(), head.end(), '\n');
        const TimePoint begin = time_;
        for (int line = 0; !head.empty(); ++line) {
            if (!wait(begin + over * line / (ends - 1) - time_)) return false;
            const std::size_t size = head.find('\n') + 1;
            const bool is_last = size == head.size();
            if (!connection_.send(head.substr(0, size), is_last ? body : "")) return false;
            head.remove_prefix(size);
        }
        return true;
    }

    bool dribble(const Dribble& pieces) {
        const auto size = static_cast<std::size_t>(std::max<std::int64_t>(pieces.bytes, 1));
        for (std::size_t at = 0; at < body_.size(); at += size) {
            if (at > 0 && !wait(pieces.every)) return false;
            if (!connection_.send(body_.substr(at, size))) return false;
        }
        return true;
    }

    const Delivering& with_;
    Connection& connection_;
    const HttpReply& reply_;
    TimePoint time_;        ///< when the next part is due
    bool is_free_ = false;  ///< nothing is held back any more
    GzipCache::Bytes packed_;
    std::string_view body_;
    bool gzip_ = false;
};

}  // namespace

bool deliver(const Delivering& with, Connection& connection, const HttpReply& reply,
             const Asked& asked) {
    return Journey(with, connection, reply).go(asked);
}

}  // namespace mockxdr
