// One websocket to the server: requests that are answered, and events that arrive by themselves.

export class Socket {
  #waiting = new Map();
  #next = 1;
  #socket = null;

  constructor(token, { onEvent, onOpen, onClose }) {
    this.token = token;
    this.onEvent = onEvent;
    this.onOpen = onOpen;
    this.onClose = onClose;
  }

  connect() {
    const socket = new WebSocket(`ws://${location.host}/page/socket?token=${encodeURIComponent(this.token)}`);
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.onOpen();
    };
    socket.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      if ("event" in news) return this.onEvent(news);
      const { resolve, reject } = this.#waiting.get(news.re);
      this.#waiting.delete(news.re);
      if (news.error) reject(new Refusal(news.error));
      else resolve(news.ok);
    };
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Refusal({ reason: "disconnected" }));
      this.#waiting.clear();
      this.onClose(opened);
    };
  }

  request(what, params = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Refusal({ reason: "disconnected" }));
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, do: what, ...params }));
    });
  }

  // Uploads one file for the channel; resolves to Discord's description of the attachment.
  async upload(channel, file) {
    const form = new FormData();
    form.append("files[0]", file, file.name || "pasted.png");
    const query = new URLSearchParams({ token: this.token, channel });
    const answer = await fetch(`/page/upload?${query}`, { method: "POST", body: form });
    const body = await answer.json();
    if (!answer.ok) throw new Refusal(body.error);
    return body[0];
  }
}

// Discord's client does not let the person do it.
export class Refusal extends Error {
  constructor({ reason, detail = "" }) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
  }
}
