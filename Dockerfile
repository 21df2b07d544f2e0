# Two stages: uv installs what uv.lock names; the image gets the result, and neither uv nor sources.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir --disable-pip-version-check "uv==0.13.*"
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PROJECT_ENVIRONMENT=/opt/record-bot \
    UV_PYTHON_DOWNLOADS=never
WORKDIR /src
# The libraries first: they change seldom, and this layer is kept until they do.
# The sandbox is not installed, but the lock file names it.
COPY pyproject.toml uv.lock ./
COPY sandbox/pyproject.toml ./sandbox/
RUN uv sync --locked --no-dev --no-editable --no-install-project --extra postgres
COPY README.md LICENSE ./
COPY bot ./bot
RUN uv sync --locked --no-dev --no-editable --extra postgres

FROM python:3.13-slim
# A fixed uid, so that the owner of a mounted /data can be set from outside.
RUN groupadd --gid 10001 record-bot \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home \
        --shell /usr/sbin/nologin record-bot \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/record-bot /opt/record-bot
# HOME is set because Slack's library asks for it, whatever --user says.
ENV PATH=/opt/record-bot/bin:$PATH \
    HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATABASE_URL=sqlite:////data/record-bot.sqlite \
    LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Without a proxy, whatever the environment says: this call stays inside.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["record-bot"]
CMD ["run"]
